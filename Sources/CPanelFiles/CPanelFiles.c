// Written by script/panel-files. The files of the panel, as bytes in the program.
#pragma clang diagnostic ignored "-Wc23-extensions"
#include "CPanelFiles.h"
#include <string.h>

static const unsigned char f0[] = {
#embed "Panel/admin-call-log.js"
};
static const unsigned char f1[] = {
#embed "Panel/admin-chart.js"
};
static const unsigned char f2[] = {
#embed "Panel/admin-connections.js"
};
static const unsigned char f3[] = {
#embed "Panel/admin-countries.js"
};
static const unsigned char f4[] = {
#embed "Panel/admin-crms.js"
};
static const unsigned char f5[] = {
#embed "Panel/admin-daily-words.js"
};
static const unsigned char f6[] = {
#embed "Panel/admin-deliveries.js"
};
static const unsigned char f7[] = {
#embed "Panel/admin-health-parts.js"
};
static const unsigned char f8[] = {
#embed "Panel/admin-health.js"
};
static const unsigned char f9[] = {
#embed "Panel/admin-lists.js"
};
static const unsigned char f10[] = {
#embed "Panel/admin-matching.js"
};
static const unsigned char f11[] = {
#embed "Panel/admin-nodes-words.js"
};
static const unsigned char f12[] = {
#embed "Panel/admin-nodes.js"
};
static const unsigned char f13[] = {
#embed "Panel/admin-people-views.js"
};
static const unsigned char f14[] = {
#embed "Panel/admin-people.js"
};
static const unsigned char f15[] = {
#embed "Panel/admin-person-dialogs.js"
};
static const unsigned char f16[] = {
#embed "Panel/admin-person.js"
};
static const unsigned char f17[] = {
#embed "Panel/admin-settings.js"
};
static const unsigned char f18[] = {
#embed "Panel/admin-sources.js"
};
static const unsigned char f19[] = {
#embed "Panel/admin-try.js"
};
static const unsigned char f20[] = {
#embed "Panel/admin-words.js"
};
static const unsigned char f21[] = {
#embed "Panel/admin.css"
};
static const unsigned char f22[] = {
#embed "Panel/admin.html"
};
static const unsigned char f23[] = {
#embed "Panel/admin.js"
};
static const unsigned char f24[] = {
#embed "Panel/base.css"
};
static const unsigned char f25[] = {
#embed "Panel/clock.js"
};
static const unsigned char f26[] = {
#embed "Panel/components.css"
};
static const unsigned char f27[] = {
#embed "Panel/connect.html"
};
static const unsigned char f28[] = {
#embed "Panel/connect.js"
};
static const unsigned char f29[] = {
#embed "Panel/controls.css"
};
static const unsigned char f30[] = {
#embed "Panel/crm-activity.js"
};
static const unsigned char f31[] = {
#embed "Panel/crm-dial.js"
};
static const unsigned char f32[] = {
#embed "Panel/crm-edit.js"
};
static const unsigned char f33[] = {
#embed "Panel/crm-file.js"
};
static const unsigned char f34[] = {
#embed "Panel/crm-form-page.js"
};
static const unsigned char f35[] = {
#embed "Panel/crm-form.js"
};
static const unsigned char f36[] = {
#embed "Panel/crm-import-choose.js"
};
static const unsigned char f37[] = {
#embed "Panel/crm-import-preview.js"
};
static const unsigned char f38[] = {
#embed "Panel/crm-import-report.js"
};
static const unsigned char f39[] = {
#embed "Panel/crm-import.js"
};
static const unsigned char f40[] = {
#embed "Panel/crm-kinds.js"
};
static const unsigned char f41[] = {
#embed "Panel/crm-link-words.js"
};
static const unsigned char f42[] = {
#embed "Panel/crm-list.js"
};
static const unsigned char f43[] = {
#embed "Panel/crm-new.js"
};
static const unsigned char f44[] = {
#embed "Panel/crm-picker.js"
};
static const unsigned char f45[] = {
#embed "Panel/crm-record.js"
};
static const unsigned char f46[] = {
#embed "Panel/crm-related.js"
};
static const unsigned char f47[] = {
#embed "Panel/crm-summaries.js"
};
static const unsigned char f48[] = {
#embed "Panel/crm-values.js"
};
static const unsigned char f49[] = {
#embed "Panel/crm-words.js"
};
static const unsigned char f50[] = {
#embed "Panel/crm.css"
};
static const unsigned char f51[] = {
#embed "Panel/crm.html"
};
static const unsigned char f52[] = {
#embed "Panel/crm.js"
};
static const unsigned char f53[] = {
#embed "Panel/dom.js"
};
static const unsigned char f54[] = {
#embed "Panel/elements.js"
};
static const unsigned char f55[] = {
#embed "Panel/event-parser.js"
};
static const unsigned char f56[] = {
#embed "Panel/event-stream.js"
};
static const unsigned char f57[] = {
#embed "Panel/format.js"
};
static const unsigned char f58[] = {
#embed "Panel/http.js"
};
static const unsigned char f59[] = {
#embed "Panel/icon.svg"
};
static const unsigned char f60[] = {
#embed "Panel/icons.js"
};
static const unsigned char f61[] = {
#embed "Panel/open-cti-page.js"
};
static const unsigned char f62[] = {
#embed "Panel/open-cti-words.js"
};
static const unsigned char f63[] = {
#embed "Panel/open-cti.js"
};
static const unsigned char f64[] = {
#embed "Panel/openapi.json"
};
static const unsigned char f65[] = {
#embed "Panel/pages-conflict.js"
};
static const unsigned char f66[] = {
#embed "Panel/pages-fields.js"
};
static const unsigned char f67[] = {
#embed "Panel/pages-frame.js"
};
static const unsigned char f68[] = {
#embed "Panel/pages-leave.js"
};
static const unsigned char f69[] = {
#embed "Panel/pages-merge.js"
};
static const unsigned char f70[] = {
#embed "Panel/pages-nowhere.js"
};
static const unsigned char f71[] = {
#embed "Panel/pages-parts.css"
};
static const unsigned char f72[] = {
#embed "Panel/pages-parts.js"
};
static const unsigned char f73[] = {
#embed "Panel/pages-router.js"
};
static const unsigned char f74[] = {
#embed "Panel/pages-view.js"
};
static const unsigned char f75[] = {
#embed "Panel/pages-words.js"
};
static const unsigned char f76[] = {
#embed "Panel/pages.css"
};
static const unsigned char f77[] = {
#embed "Panel/panel-announce.js"
};
static const unsigned char f78[] = {
#embed "Panel/panel-asking.js"
};
static const unsigned char f79[] = {
#embed "Panel/panel-bar.js"
};
static const unsigned char f80[] = {
#embed "Panel/panel-caller.css"
};
static const unsigned char f81[] = {
#embed "Panel/panel-caller.js"
};
static const unsigned char f82[] = {
#embed "Panel/panel-calls.css"
};
static const unsigned char f83[] = {
#embed "Panel/panel-calls.js"
};
static const unsigned char f84[] = {
#embed "Panel/panel-commands.js"
};
static const unsigned char f85[] = {
#embed "Panel/panel-conflict.js"
};
static const unsigned char f86[] = {
#embed "Panel/panel-consent-tab.js"
};
static const unsigned char f87[] = {
#embed "Panel/panel-consent.js"
};
static const unsigned char f88[] = {
#embed "Panel/panel-crm-bars.js"
};
static const unsigned char f89[] = {
#embed "Panel/panel-crm.css"
};
static const unsigned char f90[] = {
#embed "Panel/panel-demo.js"
};
static const unsigned char f91[] = {
#embed "Panel/panel-dialogs.css"
};
static const unsigned char f92[] = {
#embed "Panel/panel-dialogs.js"
};
static const unsigned char f93[] = {
#embed "Panel/panel-draft.js"
};
static const unsigned char f94[] = {
#embed "Panel/panel-focus.js"
};
static const unsigned char f95[] = {
#embed "Panel/panel-host.js"
};
static const unsigned char f96[] = {
#embed "Panel/panel-link-form.js"
};
static const unsigned char f97[] = {
#embed "Panel/panel-log.css"
};
static const unsigned char f98[] = {
#embed "Panel/panel-log.js"
};
static const unsigned char f99[] = {
#embed "Panel/panel-look-again.js"
};
static const unsigned char f100[] = {
#embed "Panel/panel-main.js"
};
static const unsigned char f101[] = {
#embed "Panel/panel-notify.js"
};
static const unsigned char f102[] = {
#embed "Panel/panel-parts.js"
};
static const unsigned char f103[] = {
#embed "Panel/panel-password.js"
};
static const unsigned char f104[] = {
#embed "Panel/panel-people.js"
};
static const unsigned char f105[] = {
#embed "Panel/panel-pops.js"
};
static const unsigned char f106[] = {
#embed "Panel/panel-recent-view.js"
};
static const unsigned char f107[] = {
#embed "Panel/panel-recent.css"
};
static const unsigned char f108[] = {
#embed "Panel/panel-recent.js"
};
static const unsigned char f109[] = {
#embed "Panel/panel-related-view.js"
};
static const unsigned char f110[] = {
#embed "Panel/panel-related.js"
};
static const unsigned char f111[] = {
#embed "Panel/panel-ring.js"
};
static const unsigned char f112[] = {
#embed "Panel/panel-saving.js"
};
static const unsigned char f113[] = {
#embed "Panel/panel-selection.js"
};
static const unsigned char f114[] = {
#embed "Panel/panel-shortcuts.js"
};
static const unsigned char f115[] = {
#embed "Panel/panel-sign-in.js"
};
static const unsigned char f116[] = {
#embed "Panel/panel-store.js"
};
static const unsigned char f117[] = {
#embed "Panel/panel-stream.js"
};
static const unsigned char f118[] = {
#embed "Panel/panel.css"
};
static const unsigned char f119[] = {
#embed "Panel/panel.html"
};
static const unsigned char f120[] = {
#embed "Panel/sign-in-form.js"
};
static const unsigned char f121[] = {
#embed "Panel/sign-in.css"
};
static const unsigned char f122[] = {
#embed "Panel/sign-in.html"
};
static const unsigned char f123[] = {
#embed "Panel/sign-in.js"
};
static const unsigned char f124[] = {
#embed "Panel/tokens.css"
};
static const unsigned char f125[] = {
#embed "Panel/words.js"
};

static const callmatch_panel_file files[] = {
    {"admin-call-log.js", f0, sizeof f0},
    {"admin-chart.js", f1, sizeof f1},
    {"admin-connections.js", f2, sizeof f2},
    {"admin-countries.js", f3, sizeof f3},
    {"admin-crms.js", f4, sizeof f4},
    {"admin-daily-words.js", f5, sizeof f5},
    {"admin-deliveries.js", f6, sizeof f6},
    {"admin-health-parts.js", f7, sizeof f7},
    {"admin-health.js", f8, sizeof f8},
    {"admin-lists.js", f9, sizeof f9},
    {"admin-matching.js", f10, sizeof f10},
    {"admin-nodes-words.js", f11, sizeof f11},
    {"admin-nodes.js", f12, sizeof f12},
    {"admin-people-views.js", f13, sizeof f13},
    {"admin-people.js", f14, sizeof f14},
    {"admin-person-dialogs.js", f15, sizeof f15},
    {"admin-person.js", f16, sizeof f16},
    {"admin-settings.js", f17, sizeof f17},
    {"admin-sources.js", f18, sizeof f18},
    {"admin-try.js", f19, sizeof f19},
    {"admin-words.js", f20, sizeof f20},
    {"admin.css", f21, sizeof f21},
    {"admin.html", f22, sizeof f22},
    {"admin.js", f23, sizeof f23},
    {"base.css", f24, sizeof f24},
    {"clock.js", f25, sizeof f25},
    {"components.css", f26, sizeof f26},
    {"connect.html", f27, sizeof f27},
    {"connect.js", f28, sizeof f28},
    {"controls.css", f29, sizeof f29},
    {"crm-activity.js", f30, sizeof f30},
    {"crm-dial.js", f31, sizeof f31},
    {"crm-edit.js", f32, sizeof f32},
    {"crm-file.js", f33, sizeof f33},
    {"crm-form-page.js", f34, sizeof f34},
    {"crm-form.js", f35, sizeof f35},
    {"crm-import-choose.js", f36, sizeof f36},
    {"crm-import-preview.js", f37, sizeof f37},
    {"crm-import-report.js", f38, sizeof f38},
    {"crm-import.js", f39, sizeof f39},
    {"crm-kinds.js", f40, sizeof f40},
    {"crm-link-words.js", f41, sizeof f41},
    {"crm-list.js", f42, sizeof f42},
    {"crm-new.js", f43, sizeof f43},
    {"crm-picker.js", f44, sizeof f44},
    {"crm-record.js", f45, sizeof f45},
    {"crm-related.js", f46, sizeof f46},
    {"crm-summaries.js", f47, sizeof f47},
    {"crm-values.js", f48, sizeof f48},
    {"crm-words.js", f49, sizeof f49},
    {"crm.css", f50, sizeof f50},
    {"crm.html", f51, sizeof f51},
    {"crm.js", f52, sizeof f52},
    {"dom.js", f53, sizeof f53},
    {"elements.js", f54, sizeof f54},
    {"event-parser.js", f55, sizeof f55},
    {"event-stream.js", f56, sizeof f56},
    {"format.js", f57, sizeof f57},
    {"http.js", f58, sizeof f58},
    {"icon.svg", f59, sizeof f59},
    {"icons.js", f60, sizeof f60},
    {"open-cti-page.js", f61, sizeof f61},
    {"open-cti-words.js", f62, sizeof f62},
    {"open-cti.js", f63, sizeof f63},
    {"openapi.json", f64, sizeof f64},
    {"pages-conflict.js", f65, sizeof f65},
    {"pages-fields.js", f66, sizeof f66},
    {"pages-frame.js", f67, sizeof f67},
    {"pages-leave.js", f68, sizeof f68},
    {"pages-merge.js", f69, sizeof f69},
    {"pages-nowhere.js", f70, sizeof f70},
    {"pages-parts.css", f71, sizeof f71},
    {"pages-parts.js", f72, sizeof f72},
    {"pages-router.js", f73, sizeof f73},
    {"pages-view.js", f74, sizeof f74},
    {"pages-words.js", f75, sizeof f75},
    {"pages.css", f76, sizeof f76},
    {"panel-announce.js", f77, sizeof f77},
    {"panel-asking.js", f78, sizeof f78},
    {"panel-bar.js", f79, sizeof f79},
    {"panel-caller.css", f80, sizeof f80},
    {"panel-caller.js", f81, sizeof f81},
    {"panel-calls.css", f82, sizeof f82},
    {"panel-calls.js", f83, sizeof f83},
    {"panel-commands.js", f84, sizeof f84},
    {"panel-conflict.js", f85, sizeof f85},
    {"panel-consent-tab.js", f86, sizeof f86},
    {"panel-consent.js", f87, sizeof f87},
    {"panel-crm-bars.js", f88, sizeof f88},
    {"panel-crm.css", f89, sizeof f89},
    {"panel-demo.js", f90, sizeof f90},
    {"panel-dialogs.css", f91, sizeof f91},
    {"panel-dialogs.js", f92, sizeof f92},
    {"panel-draft.js", f93, sizeof f93},
    {"panel-focus.js", f94, sizeof f94},
    {"panel-host.js", f95, sizeof f95},
    {"panel-link-form.js", f96, sizeof f96},
    {"panel-log.css", f97, sizeof f97},
    {"panel-log.js", f98, sizeof f98},
    {"panel-look-again.js", f99, sizeof f99},
    {"panel-main.js", f100, sizeof f100},
    {"panel-notify.js", f101, sizeof f101},
    {"panel-parts.js", f102, sizeof f102},
    {"panel-password.js", f103, sizeof f103},
    {"panel-people.js", f104, sizeof f104},
    {"panel-pops.js", f105, sizeof f105},
    {"panel-recent-view.js", f106, sizeof f106},
    {"panel-recent.css", f107, sizeof f107},
    {"panel-recent.js", f108, sizeof f108},
    {"panel-related-view.js", f109, sizeof f109},
    {"panel-related.js", f110, sizeof f110},
    {"panel-ring.js", f111, sizeof f111},
    {"panel-saving.js", f112, sizeof f112},
    {"panel-selection.js", f113, sizeof f113},
    {"panel-shortcuts.js", f114, sizeof f114},
    {"panel-sign-in.js", f115, sizeof f115},
    {"panel-store.js", f116, sizeof f116},
    {"panel-stream.js", f117, sizeof f117},
    {"panel.css", f118, sizeof f118},
    {"panel.html", f119, sizeof f119},
    {"sign-in-form.js", f120, sizeof f120},
    {"sign-in.css", f121, sizeof f121},
    {"sign-in.html", f122, sizeof f122},
    {"sign-in.js", f123, sizeof f123},
    {"tokens.css", f124, sizeof f124},
    {"words.js", f125, sizeof f125},
};

int callmatch_panel_count(void) { return (int)(sizeof files / sizeof files[0]); }

callmatch_panel_file callmatch_panel_at(int index) { return files[index]; }
