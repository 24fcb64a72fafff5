// Text for HTCondor's submit language. Nothing that comes from outside gets into a description but through
// these. Manual: "Submitting a Job", condor_submit(1): "Submit Description File Commands", "Macros".
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace tw {

// KEY = VALUE, in the order they are to be written.
using SubmitCommandList = std::vector<std::pair<std::string, std::string>>;

// Whether the text can be written at all: one line, no backslash at its end (the next line would be joined),
// and no
// "$$(", which the scheduler itself would replace when it has found a machine. Code::invalid names `what`.
Status check_submit_text(const std::string& text, const std::string& what);

// A value that stands alone on its line (initialdir, log, output): every $ is written as $(DOLLAR).
Result<std::string> submit_value(const std::string& text, const std::string& what);

// One word of `arguments` in the new syntax, for submit_arguments().
Result<std::string> submit_word(const std::string& text, const std::string& what);

// Several words as the value of `arguments`.
std::string submit_arguments(const std::vector<std::string>& words);

std::string submit_string(const std::string& safe);  // a ClassAd string of letters, digits, '_', '.', '-'

// For the standard input of condor_submit.
std::string description_text(const SubmitCommandList& commands);

// For condor_submit: each command before every queue statement of the file, after what the file says.
std::vector<std::string> append_arguments(const SubmitCommandList& commands);

}  // namespace tw
