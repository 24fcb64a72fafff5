// Which commands of the submit language a user may give as options.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace tw {

// Code::invalid with the reason where the command would break the protocol, is a statement and no command, or
// is unknown: then with a hint what was meant, of HTCondor's commands and of `others`.
Status check_submit_command(const std::string& name, const std::string& value,
                            const std::vector<std::string>& others);

}  // namespace tw
