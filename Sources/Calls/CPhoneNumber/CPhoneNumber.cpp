// The shim over libphonenumber. It calls exported methods and plain accessors only, so that
// nothing but -lphonenumber is linked. `noexcept`: an exception (out of memory) must not travel
// through Swift frames; it ends the process.

#include "CPhoneNumber.h"

#include <cstring>
#include <set>
#include <string>

#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>
#include <phonenumbers/shortnumberinfo.h>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;
using i18n::phonenumbers::ShortNumberInfo;

namespace {

struct Library {
    const PhoneNumberUtil &util;
    const ShortNumberInfo short_numbers;

    // One parse, one validation, one format and one short number on the thread that comes first:
    // after that the library's lazily filled tables exist and concurrent calls are safe.
    Library() : util(*PhoneNumberUtil::GetInstance()) {
        PhoneNumber number;
        std::string text;
        if (util.Parse("+4930123456", "DE", &number) == PhoneNumberUtil::NO_PARSING_ERROR) {
            util.IsValidNumber(number);
            util.IsPossibleNumberWithReason(number);
            util.Format(number, PhoneNumberUtil::INTERNATIONAL, &text);
            util.Format(number, PhoneNumberUtil::NATIONAL, &text);
            short_numbers.IsValidShortNumberForRegion(number, "DE");
            short_numbers.IsEmergencyNumber("112", "DE");
        }
    }
};

const Library &library() {
    static const Library one; // initialised once, other threads wait (C++11)
    return one;
}

cphone_source source(const PhoneNumber &number) {
    switch (number.country_code_source()) {
    case PhoneNumber::FROM_NUMBER_WITH_PLUS_SIGN: return CPHONE_FROM_PLUS;
    case PhoneNumber::FROM_NUMBER_WITH_IDD: return CPHONE_FROM_IDD;
    case PhoneNumber::FROM_NUMBER_WITHOUT_PLUS_SIGN: return CPHONE_FROM_WITHOUT_PLUS;
    case PhoneNumber::FROM_DEFAULT_COUNTRY: return CPHONE_FROM_REGION;
    case PhoneNumber::UNSPECIFIED: return CPHONE_FROM_REGION;
    }
    return CPHONE_FROM_REGION;
}

cphone_reach reach(const PhoneNumber &number) {
    switch (library().util.IsPossibleNumberWithReason(number)) {
    case PhoneNumberUtil::IS_POSSIBLE: return CPHONE_POSSIBLE;
    case PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY: return CPHONE_LOCAL_ONLY;
    case PhoneNumberUtil::INVALID_COUNTRY_CODE:
    case PhoneNumberUtil::TOO_SHORT:
    case PhoneNumberUtil::INVALID_LENGTH:
    case PhoneNumberUtil::TOO_LONG: return CPHONE_IMPOSSIBLE;
    }
    return CPHONE_IMPOSSIBLE;
}

// Digits after the plus as an integer; 0 when there are more than the 15 of E.164. The library
// lets up to 20 through, which would overflow 64 bits.
uint64_t digits(const std::string &e164) {
    if (e164.size() < 2 || e164.size() > 16 || e164[0] != '+') return 0;
    uint64_t value = 0;
    for (size_t i = 1; i < e164.size(); i++) {
        if (e164[i] < '0' || e164[i] > '9') return 0;
        value = value * 10 + static_cast<uint64_t>(e164[i] - '0');
    }
    return value;
}

// Reused for each call of a thread: saves the allocations, which are 13 % of a parse.
thread_local PhoneNumber scratch_number;
thread_local std::string scratch_text, scratch_region, scratch_output;

} // namespace

extern "C" void cphone_warm_up(void) { library(); }

extern "C" bool cphone_parse(
    const char *text, size_t length, const char *region, cphone_number *out) {
    *out = cphone_number{};
    if (length > CPHONE_LONGEST_TEXT) return false;
    const PhoneNumberUtil &util = library().util;
    scratch_text.assign(text, length);
    scratch_region.assign(region);
    // "KeepRawInput" because only then the library says where the calling code came from.
    if (util.ParseAndKeepRawInput(scratch_text, scratch_region, &scratch_number) !=
        PhoneNumberUtil::NO_PARSING_ERROR) return false;
    out->calling_code = scratch_number.country_code();
    out->source = source(scratch_number);
    // For a national number of zeros alone, such as 000, Format returns the raw input it kept.
    if (scratch_number.national_number() == 0) {
        if (util.Parse(scratch_text, scratch_region, &scratch_number) !=
            PhoneNumberUtil::NO_PARSING_ERROR) return false;
    }
    util.Format(scratch_number, PhoneNumberUtil::E164, &scratch_output);
    out->digits = digits(scratch_output);
    out->reach = reach(scratch_number);
    out->valid = util.IsValidNumber(scratch_number);
    return true;
}

extern "C" cphone_short cphone_short_number(
    const char *text, size_t length, const char *region) {
    if (length > CPHONE_LONGEST_TEXT) return CPHONE_NOT_SHORT;
    const Library &all = library();
    scratch_text.assign(text, length);
    scratch_region.assign(region);
    if (all.short_numbers.IsEmergencyNumber(scratch_text, scratch_region)) return CPHONE_EMERGENCY;
    if (all.util.Parse(scratch_text, scratch_region, &scratch_number) !=
        PhoneNumberUtil::NO_PARSING_ERROR) return CPHONE_NOT_SHORT;
    return all.short_numbers.IsValidShortNumberForRegion(scratch_number, scratch_region)
        ? CPHONE_SHORT : CPHONE_NOT_SHORT;
}

extern "C" size_t cphone_format(const char *text, size_t length, cphone_form form, char *out) {
    if (length > CPHONE_LONGEST_TEXT) return 0;
    const PhoneNumberUtil &util = library().util;
    scratch_text.assign(text, length);
    scratch_region.assign("ZZ"); // no region: only international numbers
    if (util.Parse(scratch_text, scratch_region, &scratch_number) !=
        PhoneNumberUtil::NO_PARSING_ERROR) return 0;
    util.Format(scratch_number,
        form == CPHONE_NATIONAL ? PhoneNumberUtil::NATIONAL : PhoneNumberUtil::INTERNATIONAL,
        &scratch_output);
    if (scratch_output.size() > CPHONE_LONGEST_FORMATTED) return 0;
    memcpy(out, scratch_output.data(), scratch_output.size());
    return scratch_output.size();
}

extern "C" int cphone_calling_code(const char *region) {
    scratch_region.assign(region);
    return library().util.GetCountryCodeForRegion(scratch_region);
}

extern "C" bool cphone_main_region(int calling_code, char out[4]) {
    library().util.GetRegionCodeForCountryCode(calling_code, &scratch_region);
    if (scratch_region.size() > 3 || scratch_region == "ZZ") return false;
    memcpy(out, scratch_region.c_str(), scratch_region.size() + 1);
    return true;
}

extern "C" size_t cphone_regions(char *out, size_t capacity) {
    std::set<std::string> regions;
    library().util.GetSupportedRegions(&regions);
    size_t written = 0;
    for (const std::string &region : regions) {
        if (region.size() != 2 || written + 2 > capacity) continue;
        memcpy(out + written, region.data(), 2);
        written += 2;
    }
    return written;
}
