// One of the other hosts of an agent of several: its helper, which is started again when it is lost.
#pragma once

#include <memory>
#include <vector>

#include "app/agent/host_words.hpp"
#include "app/ports.hpp"
#include "batch/cluster/pace.hpp"
#include "ports/conversation.hpp"

namespace tw {

class HostLink {
public:
    // Starts `helper`, and again whenever it is gone or was silent from its beginning for `patience`.
    HostLink(Ports ports, Conversations& conversations, Spawn helper, Seconds patience);

    bool up() const { return up_; }                    // the helper has said what its host has
    bool failed() const { return backoff_.active(); }  // it is gone, and was not heard of since

    // To the helper; nothing where it is not up: the next one is told anew.
    void say(const HostOrder& order);

    // Since the last call. What a helper says first is `here`.
    std::vector<HostWord> heard();

private:
    void start();
    void lose();
    Seconds now() const { return ports_.clock.monotonic(); }

    Ports ports_;
    Conversations& conversations_;
    Spawn program_;
    Seconds patience_;
    std::unique_ptr<Conversation> helper_;  // none between two of them
    Seconds started_{};
    bool up_ = false;
    Backoff backoff_;
};

}  // namespace tw
