#include "app/agent/queue_walk.hpp"

#include <algorithm>
#include <utility>

#include "batch/local.hpp"
#include "trialdir/agents.hpp"
#include "trialdir/layout.hpp"

namespace tw {

namespace {

// A bell is heard by every agent of this machine: who comes in vain comes later next time.
constexpr Seconds shortest_look{0.05}, longest_look{10}, latest_hinted{1};

// So many names from the first one on are as good as the first: agents that look at the same moment want
// others.
constexpr std::size_t heads = 16;

constexpr int most_missed = 2;

}  // namespace

QueueWalk::QueueWalk(Ports ports, Claimant& claimant)
    : ports_(ports), claimant_(claimant), shard_(static_cast<int>(draw(layout::shards))) {
}

std::uint64_t QueueWalk::draw(std::uint64_t below) {
    return std::stoull(ports_.processes.random_hex(8), nullptr, 16) % below;
}

void QueueWalk::look() {
    if (now() < next_look_) return;
    if (waits_for_room()) return (void)(next_look_ = now() + longest_look);
    int started = claim_seen();
    if (started == 0 && fill_seen()) started = claim_seen();
    listen(started == 0);
    set_next_look(started > 0);
}

// While there is nothing each look waits twice as long as the one before: hundreds of idle agents must not
// ask a file server all day.
void QueueWalk::set_next_look(bool found) {
    look_wait_ = found ? Seconds(0) : std::clamp(2 * look_wait_, shortest_look, longest_look);
    if (found)
        hint_wait_ = Seconds(0);
    else if (hinted_)
        hint_wait_ = std::clamp(2 * hint_wait_, shortest_look, latest_hinted);
    hinted_ = false;
    next_look_ = now() + look_wait_ * (0.5 + static_cast<double>(draw(1000)) / 1000);
}

void QueueWalk::look_soon() {
    next_look_ = now();
}

// Who has work must not be woken by what is published for others.
void QueueWalk::listen(bool to_queue) {
    if (std::exchange(listens_, to_queue) == to_queue) return;
    to_queue ? ports_.waker.watch(layout::agents_queue) : ports_.waker.unwatch(layout::agents_queue);
}

void QueueWalk::take_hint() {
    Seconds look = now() + hint_wait_ * (static_cast<double>(draw(1000)) / 1000);
    if (look >= next_look_) return;
    next_look_ = look;
    hinted_ = true;
}

void QueueWalk::note_overtaken(const AgentJobName& job) {
    if (!overtaken_ && !claimant_.has_room_for(job) && claimant_.suits(job)) overtaken_ = Overtaken{job};
}

// Small jobs pass a large one, but not for ever: then nothing else is started until there is room, here or
// with somebody else. The next job that ends looks again.
bool QueueWalk::waits_for_room() {
    if (!overtaken_ || overtaken_->times < overtaking_limit) return false;
    AgentJobName job = overtaken_->job;
    auto names = list_queue(ports_.fs, queue_shard(job.trial, job.key));
    bool there = !names || std::find(names->begin(), names->end(), job_file_name(job)) != names->end();
    if (there && claimant_.suits(job) && !claimant_.has_room_for(job)) return true;
    if (there) seen_.push_back(job_file_name(job));  // the next one that is tried
    overtaken_.reset();
    return false;
}

// One shard after the other, also where the last one fills up again. Older trials first, but for the first
// few, of which each agent begins with another one.
bool QueueWalk::fill_seen() {
    seen_.clear();
    for (int i = 0; i < layout::shards && seen_.empty(); ++i) {
        int shard = (shard_ + i) % layout::shards;
        auto names = list_queue(ports_.fs, shard);
        if (!names) return false;
        std::erase_if(*names, [&](auto& name) {
            auto job = parse_job_file_name(name);
            if (job) note_overtaken(*job);
            return !job || !wants(*job);
        });
        seen_ = std::move(*names);
        if (!seen_.empty()) shard_ = (shard + 1) % layout::shards;
    }
    std::sort(seen_.begin(), seen_.end());
    if (!seen_.empty()) {
        auto first = static_cast<std::ptrdiff_t>(draw(std::min(seen_.size(), heads)));
        std::rotate(seen_.begin(), seen_.begin() + first, seen_.end());
    }
    std::reverse(seen_.begin(), seen_.end());
    return !seen_.empty();
}

// What others took meanwhile is not there any more; after a few of those the names are old.
int QueueWalk::claim_seen() {
    int started = 0;
    for (int missed = 0; !seen_.empty() && missed < most_missed && claimant_.may_claim();) {
        auto job = parse_job_file_name(seen_.back());
        seen_.pop_back();
        if (!job || !wants(*job)) continue;
        if (claimant_.claim(*job)) {
            ++started;
            if (overtaken_) ++overtaken_->times;
        } else {
            ++missed;
        }
    }
    return started;
}

}  // namespace tw
