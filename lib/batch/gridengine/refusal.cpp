#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "batch/gridengine/answers.hpp"

namespace tw::gridengine {

namespace {

// The first line that says something; "Unable to run job: " stands before all of qsub's.
std::string first_words(const CommandResult& result) {
    for (const std::string* stream : {&result.error, &result.output})
        for (const std::string& line : split(*stream, '\n')) {
            std::string words(trim(line));
            for (std::string_view before : {"Unable to run job: ", "error: "})
                if (words.starts_with(before)) words.erase(0, before.size());
            if (!words.empty() && words != "Exiting.") return shortened(words, 300);
        }
    return "no reason given";
}

// The qmaster is away, too busy, or somewhere else.
bool unanswered(const std::string& text) {
    static constexpr std::string_view signs[] = {"commlib error",
                                                 "got send error",
                                                 "got send timeout",
                                                 "unable to send message to qmaster",
                                                 "unable to contact qmaster",
                                                 "failed receiving gdi request",
                                                 "receive timeout",
                                                 "timeout while waiting",
                                                 "can't get configuration from qmaster",
                                                 "could not get configuration",
                                                 "environment variable SGE_ROOT",
                                                 "can't resolve",
                                                 "cannot resolve",
                                                 "error writing object"};
    return std::any_of(std::begin(signs), std::end(signs),
                       [&](auto sign) { return text.find(sign) != text.npos; });
}

}  // namespace

// What asking again does not change. Words of others (a JSV, a qmaster of another release) may pass by themselves.
bool for_good(const Error& error) {
    static constexpr std::string_view signs[] = {"nknown",  "does not exist", "rejected", "nvalid",  "not allowed",
                                                 "denied",  "no access",      "must be",  "parse",   "illegal",
                                                 "no such", "not supported",  "ERROR!",   "requires"};
    return std::any_of(std::begin(signs), std::end(signs), [&](auto sign) { return error.what.find(sign) != std::string::npos; });
}

// 25: max_u_jobs or max_jobs is reached, see sge_submit(1).
Error refusal(const std::string& program, const CommandResult& result) {
    Error error{Code::refused, fmt::format("{}: {}", program, first_words(result)), {}, {}, 0, {}};
    if (unanswered(result.error + result.output) || result.status >= 126) {
        error.code = Code::io;
    } else if (program == "qsub" && result.status == 25) {
        error.code = Code::busy;
    }
    return error;
}

Result<std::string> read_job_number(const std::string& output) {
    std::string found;
    for (const std::string& line : split(output, '\n')) {
        std::string word(trim(line));
        std::string digits = word.substr(0, word.find('.'));
        bool number =
            !digits.empty() && digits.size() < 12 && digits.find_first_not_of("0123456789") == digits.npos;
        if (number && word.find_first_not_of("0123456789.-:") == word.npos) found = digits;
    }
    if (!found.empty()) return found;
    return fail(Code::io, "qsub printed no job number: " + shortened(std::string(trim(output)), 200));
}

}  // namespace tw::gridengine
