// The real outside world for a program, and how programs speak.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/ports.hpp"
#include "base/result.hpp"
#include "ports/commands.hpp"

namespace tw {

class RealPorts {
public:
    // Opens the experiment directory. `program` names log lines.
    static Result<std::unique_ptr<RealPorts>> open(const std::string& directory, const std::string& program,
                                                   bool quiet);
    virtual ~RealPorts() = default;
    virtual Ports ports() = 0;
    virtual Commands& commands() = 0;
};

// A directory that a person named: where there is none, the command line cannot be used.
Result<std::unique_ptr<FileSystem>> open_directory(const std::string& directory);

// Prints each as "program: text" on stderr; returns the exit status that the first one asks for.
int report(const std::string& program, const std::vector<Error>& errors);

// The absolute path of a program that lies beside this one ("trialctl").
std::string sibling_program(const std::string& name);

}  // namespace tw
