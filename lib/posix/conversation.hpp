// Conversations over pipes.
#pragma once

#include "ports/conversation.hpp"
#include "posix/fd.hpp"

namespace tw {

class PosixConversation final : public Conversation {
public:
    // Reads from `input`, writes to `output`.
    PosixConversation(Fd input, Fd output);

    void say(const std::string& line) override;
    std::vector<std::string> heard() override;
    bool over() const override { return over_; }

private:
    void hand_on();

    Fd input_, output_;
    std::string to_say_, begun_;  // what was not taken yet; a line without its end
    bool over_ = false;
};

class PosixConversations final : public Conversations {
public:
    Result<std::unique_ptr<Conversation>> begin(Spawn program) override;
};

// With who started this program, by its standard input and output.
std::unique_ptr<Conversation> talk_with_parent();

}  // namespace tw
