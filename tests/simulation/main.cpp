// simulate: plays worlds until one of them breaks a rule, and tells that one's story.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "simulation/scene.hpp"
#include "simulation/shrink.hpp"

namespace {

using namespace tw::simulation;

struct Options {
    std::uint64_t first = 1, count = 100;
    int jobs = 2;
    bool whole = false, expect = false, twice = false;
};

struct Sum {
    std::atomic<std::uint64_t> next{0}, played{0}, calls{0}, faults{0};
    std::atomic<double> simulated{0};
    std::mutex lock;
    std::optional<std::uint64_t> broken;  // the lowest seed
};

void work(const Options& options, Sum& sum) {
    for (;;) {
        std::uint64_t seed = options.first + sum.next++;
        {
            std::lock_guard guard(sum.lock);
            if (seed >= options.first + options.count || (sum.broken && seed > *sum.broken)) return;
        }
        Finding finding = play(seed);
        ++sum.played;
        sum.calls += finding.calls;
        sum.faults += finding.faults.size();
        sum.simulated += finding.simulated;
        std::lock_guard guard(sum.lock);
        if (finding.violation && (!sum.broken || seed < *sum.broken)) sum.broken = seed;
    }
}

void tell_broken(const Options& options, std::uint64_t seed) {
    auto shrunk = options.whole ? play(seed, {}, true) : shrink(seed);
    fmt::print("seed {} breaks a rule: {}\n  {}\nreplay it with: simulate --seed {} --whole\n", seed,
               shrunk.violation->rule, shrunk.violation->what, seed);
    fmt::print("{} faults were enough:\n\n{}\n", shrunk.faults.size(), shrunk.story);
}

// Every seed again: the same story, to the letter.
int play_twice(const Options& options) {
    for (std::uint64_t seed = options.first; seed < options.first + options.count; ++seed) {
        if (play(seed, {}, true).story == play(seed, {}, true).story) continue;
        fmt::print("seed {} has two stories\n", seed);
        return 1;
    }
    fmt::print("{} worlds went the same way twice\n", options.count);
    return 0;
}

int tell_one(const Options& options) {
    Finding finding = play(options.first, {}, true);
    if (finding.violation) tell_broken(options, options.first);
    else fmt::print("{}\nseed {}: no rule is broken\n", finding.story, options.first);
    return finding.violation ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Plays whole searches in simulated worlds; each seed is one."};
    Options options;
    app.add_option("--first", options.first, "the first seed");
    app.add_option("--count", options.count, "how many");
    app.add_option("--jobs", options.jobs, "threads");
    auto* one = app.add_option("--seed", options.first, "this one alone, with its story");
    app.add_flag("--whole", options.whole, "the story as it was, not the shortest");
    app.add_flag("--twice", options.twice, "play each seed twice and compare the stories");
    app.add_flag("--expect-violation", options.expect, "a bug was planted: 0 if it is found");
    CLI11_PARSE(app, argc, argv);
    if (*one) return tell_one(options);
    if (options.twice) return play_twice(options);
    auto begin = std::chrono::steady_clock::now();
    Sum sum;
    std::vector<std::thread> threads;
    for (int i = 0; i < options.jobs; ++i) threads.emplace_back(work, std::cref(options), std::ref(sum));
    for (auto& thread : threads) thread.join();
    double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    fmt::print("{} worlds, {:.0f} simulated hours, {} system calls, {} faults in {:.1f} s\n", sum.played.load(),
               sum.simulated.load() / 3600, sum.calls.load(), sum.faults.load(), seconds);
    if (!sum.broken) return fmt::print("no rule is broken\n"), options.expect ? 1 : 0;
    tell_broken(options, *sum.broken);
    return options.expect ? 0 : 1;
}
