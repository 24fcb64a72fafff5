// Programs that answer as a test says.
#pragma once

#include <functional>
#include <vector>

#include "ports/commands.hpp"

namespace tw::support {

class FakeCommands final : public Commands {
public:
    Result<CommandResult> run(const Command& command) override {
        ran.push_back(command);
        if (answer) return answer(command);
        return CommandResult{};
    }

    std::vector<Command> ran;  // oldest first
    std::function<Result<CommandResult>(const Command&)> answer;  // unset: status 0 and no output
};

}  // namespace tw::support
