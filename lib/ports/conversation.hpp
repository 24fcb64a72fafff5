// Talking to another program, line by line: to one that was started, or to who started this one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "ports/process.hpp"

namespace tw {

class Conversation {
public:
    virtual ~Conversation() = default;

    // Never waits: what the other does not take yet is kept, and handed on with later calls. No newline in
    // it.
    virtual void say(const std::string& line) = 0;

    // Whole lines since the last call, oldest first. That something was said wakes the Waker, as a child's
    // end does.
    virtual std::vector<std::string> heard() = 0;

    // The other side has left, or nothing connects us any more; all that it said was heard.
    virtual bool over() const = 0;
};

class Conversations {
public:
    virtual ~Conversations() = default;

    // Starts `program`, whose standard input and output are the conversation; its `input` and `output` are
    // not used. It lives on when the conversation is destroyed, and hears that by the end of its input.
    virtual Result<std::unique_ptr<Conversation>> begin(Spawn program) = 0;
};

}  // namespace tw
