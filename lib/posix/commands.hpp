// Commands as children of this process.
#pragma once

#include "ports/commands.hpp"

namespace tw {

class PosixCommands final : public Commands {
public:
    Result<CommandResult> run(const Command& command) override;
};

}  // namespace tw
