// The commands of a submit description: those that mean something here, and those that are ignored.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tw {

// All spellings of one command, lower case.
using SubmitCommand = std::vector<std::string>;

struct SubmitCommands {
    SubmitCommand executable{"executable"};
    SubmitCommand arguments{"arguments", "args"};
    SubmitCommand environment{"environment", "env"};
    SubmitCommand directory{"initialdir", "initial_dir"};
    SubmitCommand output{"output", "out"};
    SubmitCommand error{"error", "err"};
    SubmitCommand input{"input", "in"};
    SubmitCommand universe{"universe"};
};
const SubmitCommands& submit_commands();

bool is_used_command(std::string_view key);     // any case
bool is_ignored_command(std::string_view key);  // +Attribute and My.Attribute as well

// Every spelling that is understood, for hints.
std::vector<std::string> submit_command_names();

}  // namespace tw
