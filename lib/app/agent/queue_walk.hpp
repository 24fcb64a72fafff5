// How an agent looks for work: which names of the queue it tries, in which order, and when it looks again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/ports.hpp"
#include "records/agent_files.hpp"

namespace tw {

// Who wants the jobs.
class Claimant {
public:
    virtual ~Claimant() = default;

    virtual bool may_claim() const = 0;                            // one more, of the smallest kind
    virtual bool suits(const AgentJobName& job) const = 0;         // once there is room
    virtual bool has_room_for(const AgentJobName& job) const = 0;  // now
    // false: nothing was started, for somebody was faster, or it could not be read.
    virtual bool claim(const AgentJobName& job) = 0;
};

class QueueWalk {
public:
    QueueWalk(Ports ports, Claimant& claimant);

    Seconds next() const { return next_look_; }  // monotonic: before that look() does nothing
    void look();                                 // claims what there is room for
    void look_soon();                            // room came free, or may have
    void take_hint();                            // something was published on this machine, or seems to be

private:
    // One in the queue that could run here, but for want of room.
    struct Overtaken {
        AgentJobName job;
        int times = 0;  // that another one was started here since
    };

    bool fill_seen();
    int claim_seen();
    void note_overtaken(const AgentJobName& job);
    bool waits_for_room();
    void set_next_look(bool found);
    void listen(bool to_queue);
    bool wants(const AgentJobName& job) const { return claimant_.has_room_for(job) && claimant_.suits(job); }
    Seconds now() const { return ports_.clock.monotonic(); }
    std::uint64_t draw(std::uint64_t below);

    Ports ports_;
    Claimant& claimant_;
    Seconds next_look_{};
    Seconds look_wait_{};            // doubled while the queue has nothing
    Seconds hint_wait_{};            // at most, from a hint to the look; doubled while those are in vain
    int shard_ = 0;                  // the next one to look into
    std::vector<std::string> seen_;  // names there that were not tried yet, the next one last
    std::optional<Overtaken> overtaken_;
    bool listens_ = false;  // to the queue's bell
    bool hinted_ = false;   // the next look comes of a hint
};

}  // namespace tw
