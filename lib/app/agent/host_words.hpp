// What an agent of several hosts and its helper on each of them say to each other, a line each. They are of
// one release, and nobody else reads it: it is no protocol.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/agent/job_runner.hpp"
#include "batch/host_book.hpp"
#include "batch/scheduler.hpp"
#include "records/agent_files.hpp"

namespace tw {

// Agent to helper.
struct HostOrder {
    enum class Kind {
        start,      // `job`, with `content`
        adopt,      // `job`, which an earlier helper had started as `wrapper`
        terminate,  // `job`
        kill,       // `job`
        sweep,      // end what has `mark` in its environment, and say when nothing has
    };
    Kind kind = Kind::start;
    AgentJobName job;
    AgentJob content;
    std::string mark;
    StartedWrapper wrapper;
};
std::string host_order_text(const HostOrder& order);
std::optional<HostOrder> parse_host_order(const std::string& line);

// Helper to agent. Anything else on its output (what a login shell prints) is none.
struct HostWord {
    enum class Kind {
        here,   // it lives, and `size` is what its host has
        begun,  // `job` was started, as `wrapper`
        over,   // nothing of `job` lives
        swept,  // nothing has `mark`
    };
    Kind kind = Kind::here;
    HostSize size;
    JobRef job;
    std::string mark;
    StartedWrapper wrapper;
};
std::string host_word_text(const HostWord& word);
std::optional<HostWord> parse_host_word(const std::string& line);

// "0-3,8"; "-" for none.
std::string cpu_list(const std::vector<int>& cpus);
std::vector<int> read_cpu_list(std::string_view text);

}  // namespace tw
