#include "app/agent/host_link.hpp"

namespace tw {

namespace {

constexpr Seconds first_wait{5}, longest_wait{600};

}  // namespace

HostLink::HostLink(Ports ports, Conversations& conversations, Spawn helper, Seconds patience)
    : ports_(ports),
      conversations_(conversations),
      program_(std::move(helper)),
      patience_(patience),
      backoff_(first_wait, longest_wait) {
    start();
}

void HostLink::start() {
    started_ = now();
    auto helper = conversations_.begin(program_);
    if (helper) return (void)(helper_ = std::move(*helper));
    ports_.log.warn("{}", helper.error().text());
    lose();
}

// A helper that is still there hears the end of its input, and stays for what it had started.
void HostLink::lose() {
    helper_.reset();
    up_ = false;
    backoff_.failed(now());
}

void HostLink::say(const HostOrder& order) {
    if (up_) helper_->say(host_order_text(order));
}

std::vector<HostWord> HostLink::heard() {
    if (!helper_ && backoff_.over(now())) start();
    std::vector<HostWord> words;
    if (!helper_) return words;
    for (const std::string& line : helper_->heard()) {
        auto word = parse_host_word(line);
        if (!word || (!up_ && word->kind != HostWord::Kind::here)) continue;
        if (word->kind == HostWord::Kind::here) {
            up_ = true;
            backoff_.worked();
        }
        words.push_back(std::move(*word));
    }
    if (helper_->over() || (!up_ && now() - started_ >= patience_)) lose();
    return words;
}

}  // namespace tw
