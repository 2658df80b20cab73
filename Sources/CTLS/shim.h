// The system's libssl, for a client whose bytes go through memory, not through a socket of its own.
// What OpenSSL writes as macros, Swift cannot call: it stands here as functions.
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

static inline int callmatch_tls_at_least_1_2(SSL_CTX *context) {
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}

static inline long callmatch_tls_ask_for_name(SSL *tls, const char *name) {
    return SSL_set_tlsext_host_name(tls, name);
}
