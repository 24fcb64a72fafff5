// Programs elsewhere that answer as a test says.
#pragma once

#include <map>

#include "ports/conversation.hpp"
#include "ports/marked.hpp"

namespace tw::support {

struct FakeLine {
    std::vector<std::string> said;     // to it
    std::vector<std::string> answers;  // not heard yet
    bool over = false;
};

class FakeConversation final : public Conversation {
public:
    explicit FakeConversation(std::shared_ptr<FakeLine> line) : line_(std::move(line)) {}
    void say(const std::string& line) override { line_->said.push_back(line); }
    std::vector<std::string> heard() override {
        over_ = line_->over;
        return std::exchange(line_->answers, {});
    }
    bool over() const override { return over_; }

private:
    std::shared_ptr<FakeLine> line_;
    bool over_ = false;
};

class FakeConversations final : public Conversations {
public:
    Result<std::unique_ptr<Conversation>> begin(Spawn program) override {
        begun.push_back(program);
        auto& line = lines[begun.size() - 1];
        if (!line) line = std::make_shared<FakeLine>();
        return std::make_unique<FakeConversation>(line);
    }
    std::vector<Spawn> begun;
    std::map<std::size_t, std::shared_ptr<FakeLine>> lines;  // by order; made here or before by the test
};

class FakeMarked final : public MarkedProcesses {
public:
    bool end(const std::string& entry) override {
        asked.push_back(entry);
        auto found = living.find(entry);
        return found == living.end() || found->second-- <= 0;
    }
    std::vector<std::string> asked;
    std::map<std::string, int> living;  // so many looks find something
};

}  // namespace tw::support
