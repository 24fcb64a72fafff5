// May this process become the one watcher, or the one optimizer? protocol/07-journal-takeover.md.
#pragma once

#include <string>

#include "app/ports.hpp"
#include "records/owner.hpp"

namespace tw {

struct Role {
    std::string name;     // of its beats
    std::string program;  // as people know it
    std::string place;    // where its owner is written
};

struct Patience {
    bool takeover = false;  // from another host, without waiting for its silence
    bool once = false;      // cannot wait
};

// `owner` has the role and has not given it back. Code::busy unless it is dead; for one on another host
// this waits up to `silence`.
Status may_take(Ports ports, const Role& role, const Owner& owner, Patience patience);

}  // namespace tw
