// libphonenumber for Swift, in plain C.
//
// Every function may be called from any thread. The first call of any of them prepares the
// library once, while other threads wait: about 20 ms. Texts are UTF-8 and need no terminator;
// regions are upper-case ISO 3166 codes with a terminator, "" for none. Nothing is kept and
// nothing is allocated for the caller.

#ifndef CPHONENUMBER_H
#define CPHONENUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Longest text that the library is given, in bytes. It has no limit of its own and takes
/// quadratic time; a number has 20 digits at most.
enum { CPHONE_LONGEST_TEXT = 48 };

/// Longest formatted number, in bytes.
enum { CPHONE_LONGEST_FORMATTED = 64 };

/// Where the calling code came from.
typedef enum {
    CPHONE_FROM_PLUS = 0,         // the text began with +
    CPHONE_FROM_IDD = 1,          // an international prefix such as 00 or 011
    CPHONE_FROM_WITHOUT_PLUS = 2, // the region's own calling code, without a mark
    CPHONE_FROM_REGION = 3,       // assumed from the region
} cphone_source;

/// What the length alone says.
typedef enum {
    CPHONE_POSSIBLE = 0,
    CPHONE_LOCAL_ONLY = 1, // an area code is missing
    CPHONE_IMPOSSIBLE = 2,
} cphone_reach;

/// What is known of a short number.
typedef enum {
    CPHONE_NOT_SHORT = 0,
    CPHONE_SHORT = 1,
    CPHONE_EMERGENCY = 2,
} cphone_short;

typedef enum {
    CPHONE_INTERNATIONAL = 0,
    CPHONE_NATIONAL = 1,
} cphone_form;

typedef struct {
    uint64_t digits; // calling code and national number; 0 when there are more than 15 digits
    int calling_code;
    cphone_source source;
    cphone_reach reach;
    bool valid;
} cphone_number;

/// Prepares the library: metadata, pattern cache, short numbers.
void cphone_warm_up(void);

/// Reads `text` in `region`. False when it is no number, or longer than CPHONE_LONGEST_TEXT.
bool cphone_parse(const char *text, size_t length, const char *region, cphone_number *out);

/// Whether the bare digits `text`, dialled in `region`, reach a service and no subscriber.
cphone_short cphone_short_number(const char *text, size_t length, const char *region);

/// Formats a number that begins with "+". Returns the bytes written to `out`, which has room for
/// CPHONE_LONGEST_FORMATTED; 0 when it cannot be read or does not fit.
size_t cphone_format(const char *text, size_t length, cphone_form form, char *out);

/// The calling code of a region; 0 for an unknown one.
int cphone_calling_code(const char *region);

/// The main region of a calling code, such as US for 1; two letters or three digits and a
/// terminator go to `out`. False for an unknown calling code.
bool cphone_main_region(int calling_code, char out[4]);

/// Writes all known regions in alphabetical order, two letters each, without separators.
/// Returns the bytes written, at most `capacity`.
size_t cphone_regions(char *out, size_t capacity);

#ifdef __cplusplus
}
#endif

#endif
