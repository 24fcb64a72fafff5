#include "app/agent/host_helper.hpp"

#include <algorithm>

namespace tw {

void HostHelper::greet(const HostSize& size) {
    HostWord word;
    word.size = size;
    agent_.say(host_word_text(word));
}

void HostHelper::tick() {
    for (const std::string& line : agent_.heard())
        if (auto order = parse_host_order(line)) obey(*order);
    settle_over();
    sweep();
}

// A job that is not known was over before it was told to end, and that was said.
void HostHelper::obey(const HostOrder& order) {
    JobRef ref{order.job.trial, order.job.key};
    switch (order.kind) {
        case HostOrder::Kind::start:
            if (!running_.emplace(ref, false).second) return;
            jobs_.start(order.job, order.content);
            return say_begun(ref);
        case HostOrder::Kind::adopt:
            if (running_.emplace(ref, false).second) jobs_.adopt(order.job, order.wrapper);
            return;
        case HostOrder::Kind::terminate: return jobs_.end(ref, CancelHow::terminate);
        case HostOrder::Kind::kill:
            if (auto job = running_.find(ref); job != running_.end()) job->second = true;
            return jobs_.end(ref, CancelHow::kill);
        case HostOrder::Kind::sweep: sweeping_.insert(order.mark); return;
    }
}

void HostHelper::say_begun(const JobRef& job) {
    auto wrapper = jobs_.wrapper_of(job);
    if (!wrapper) return;
    HostWord word;
    word.kind = HostWord::Kind::begun;
    word.job = job;
    word.wrapper = *wrapper;
    agent_.say(host_word_text(word));
}

void HostHelper::settle_over() {
    bool killed = std::any_of(running_.begin(), running_.end(), [](auto& job) { return job.second; });
    for (const JobRef& job : jobs_.over(looks_.due(clock_.monotonic(), !running_.empty(), killed))) {
        running_.erase(job);
        HostWord word;
        word.kind = HostWord::Kind::over;
        word.job = job;
        agent_.say(host_word_text(word));
    }
}

void HostHelper::sweep() {
    std::erase_if(sweeping_, [&](const std::string& mark) {
        if (!marked_.end(mark)) return false;
        HostWord word;
        word.kind = HostWord::Kind::swept;
        word.mark = mark;
        agent_.say(host_word_text(word));
        return true;
    });
}

}  // namespace tw
