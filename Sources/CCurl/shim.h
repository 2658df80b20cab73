// The system's libcurl, for requests that one thread carries.
// What takes any number of arguments, Swift cannot call: what is used of it stands here as functions.
#include <curl/curl.h>

typedef size_t (*callmatch_curl_piece)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode callmatch_curl_set_number(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode callmatch_curl_set_text(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode callmatch_curl_set_headers(CURL *easy, struct curl_slist *headers) {
    return curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
}

// Copies the bytes.
static inline CURLcode callmatch_curl_set_body(CURL *easy, const void *bytes, size_t count) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    return code ? code : curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, count ? bytes : "");
}

static inline CURLcode callmatch_curl_allow_http_only(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

// A name that is still looked up when a transfer ends is not waited for, by libraries that can leave it.
static inline CURLcode callmatch_curl_leave_lookups(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075700
    return curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#else
    return CURLE_OK;
#endif
}

static inline CURLcode callmatch_curl_listen(CURL *easy, callmatch_curl_piece head,
                                             callmatch_curl_piece body, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, head);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_HEADERDATA, context);
    if (!code) code = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, body);
    return code ? code : curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
}

// Asks for leave before each connection, with the address that it would lead to.
static inline CURLcode callmatch_curl_ask_leave(CURL *easy, curl_opensocket_callback open, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open);
    return code ? code : curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, context);
}

static inline long callmatch_curl_status(CURL *easy) {
    long status = 0;
    return curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status) ? 0 : status;
}

static inline CURLMcode callmatch_curl_keep_connections(CURLM *multi, long most) {
    return curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, most);
}
