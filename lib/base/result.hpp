// Errors as values. No exception crosses a floor: every function that can fail returns a Result.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace tw {

enum class Code {
    invalid,        // what the user wrote cannot be used; exit status 2
    usage,          // the command line cannot be used; exit status 2
    newer_version,  // written by a newer release; left untouched; exit status 2
    not_found,
    exists,
    permission,
    no_space,  // ENOSPC or EDQUOT
    stale,     // ESTALE: the handle is gone, the file may not be
    busy,      // somebody else owns it
    refused,   // understood and not done, e.g. retrying a complete trial
    not_yet,   // half a document, or a claim without its content: look again later
    io,        // anything else the system said
};

// What went wrong, where, and what to do. Only `code` and `what` are always set.
struct Error {
    Code code = Code::io;
    std::string what;     // one sentence, no trailing full stop
    std::string file;     // the path as the user would write it
    std::string pointer;  // RFC 6901 JSON pointer into `file`
    int line = 0;         // 1-based; 0 means unknown
    std::string hint;     // what to do about it

    // "file:line: /pointer: what (hint)", leaving out what is unknown;
    // parts longer than 1000 bytes are cut.
    std::string text() const;
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }
inline tl::unexpected<Error> fail(Code code, std::string what, std::string file = {}) {
    return fail(Error{code, std::move(what), std::move(file), {}, 0, {}});
}

// The system could not answer: asked again it may, and until then nothing is known (io, no_space, stale, busy).
bool may_pass(const Error& error);

// 2 for bad input or usage, 1 for everything else.
int exit_status(const Error& error);

}  // namespace tw
