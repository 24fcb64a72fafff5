// The real outside of trialctl: terminal, files that a person names, signals.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/ctl/context.hpp"

namespace CLI {
class App;
}

namespace tw {

class Outside {
public:
    Outside();
    ~Outside();

    CtlContext& context();

    // Runs a verb on an experiment: opens it, or says why not. Returns the exit status.
    using Verb = std::function<int(CtlContext&, FileSystem&)>;
    int on(const std::string& directory, const Verb& verb);

    // The same for verbs that wait: signals come to the verb instead of ending the program.
    int waiting_on(const std::string& directory, const Verb& verb);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

// What a subcommand does once the command line is understood. Returns the exit status.
struct Choice {
    std::function<int()> action;
};

// Each adds its verbs to the command line.
void add_reading(CLI::App& app, Outside& outside, Choice& choice);
void add_jobs(CLI::App& app, Outside& outside, Choice& choice);
void add_asking(CLI::App& app, Outside& outside, Choice& choice);
void add_making(CLI::App& app, Outside& outside, Choice& choice);

}  // namespace tw
