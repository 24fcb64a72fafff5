// Macros of a submit description: $(name), $(name:default), $F...(name). Expanded late, when a job is
// queued; a definition that refers to its own name takes the value it had before.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tw {

class SubmitMacros {
public:
    struct Macro {
        std::string value;  // not expanded
        int line = 0;
    };

    // `directory` is absolute; for $Ff(name).
    explicit SubmitMacros(std::string directory) : directory_(std::move(directory)) {}

    void define(const std::string& name, const std::string& value, int line);

    // Variables of the job that is being queued. Strong ones hide definitions, weak ones do not.
    void set_strong(const std::string& name, const std::string& value);
    void set_weak(const std::string& name, const std::string& value);
    void clear_variables();

    // The unexpanded value, or null. Names in any case.
    const Macro* find(std::string_view name) const;

    // A name without value and default is an error: HTCondor would put nothing there. All that is expanded
    // together is bounded: jobs times macros that double each other would fill the memory.
    Result<std::string> expand(std::string_view text);

private:
    struct Work;
    Status expand_into(std::string_view text, Work& work) const;
    Status expand_reference(std::string_view body, Work& work) const;
    Status expand_function(std::string_view name, std::string_view body, Work& work) const;
    Result<std::string> file_part(std::string_view flags, std::string_view name, Work& work) const;
    Error unknown(std::string_view name) const;

    std::string directory_;
    std::size_t spent_ = 0;  // characters that were expanded so far
    std::map<std::string, Macro, std::less<>> defined_, strong_, weak_;  // by lower-case name
};

// Adds the lower-case names that `text` refers to.
void collect_references(std::string_view text, std::set<std::string>& names);

}  // namespace tw
