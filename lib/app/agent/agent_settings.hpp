// What a person and the allocation say of an agent, made into options.
#pragma once

#include <string>

#include "app/agent/agent.hpp"
#include "ports/commands.hpp"

namespace tw {

struct AgentSettings {
    // As they stand on the command line; "" and 0: not given.
    int slots = 0;
    std::string memory, gpus, stagger, walltime, idle, poll, beat;
    std::string
        tmp;  // complete() makes it the absolute directory of the runs' own ones, or "": they have none
    bool no_pin = false;
    std::vector<std::string>
        pool;  // of one that the watcher submitted: experiment, "@agents", key, how many stay

    AgentOptions agent;
    LocalOptions local;
};

// Fills in `agent` and `local`. Where no walltime is given the end is the allocation's, if its batch system
// says it. Code::usage where a text cannot be read.
Status complete(AgentSettings& settings, Ports ports, Commands& commands);

}  // namespace tw
