#include "app/optimizer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/proposals.hpp"
#include "batch/agents/agents_options.hpp"
#include "batch/local.hpp"
#include "trialdir/experiment_dir.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

// Between looks at all of trials/, for what other people make and take away.
constexpr Seconds look_interval{10};

// An outcome on a shared filesystem is surely seen this long after it was written. protocol/03.
constexpr Seconds visibility{90};

// CPUs that the trials will have, as far as experiment.json says; 0: it does not.
int slots_of(const Experiment& experiment) {
    const BackendSpec& backend = experiment.backend;
    if (backend.type == "local") {
        auto local = read_local_options(backend.options);
        return local ? local->cpus : 0;
    }
    if (backend.type != "agents") return 0;
    auto agents = read_agents_options(backend.options);
    if (agents && agents->slots > 0) return agents->slots;
    if (!experiment.agents) return 0;
    std::int64_t slots = std::int64_t{experiment.agents->max} * experiment.agents->resources.cpus;
    return static_cast<int>(std::min<std::int64_t>(slots, INT32_MAX));
}

}  // namespace

Status Optimizer::tick() {
    Seconds monotonic = ports_.clock.monotonic();
    bool poll = !last_poll_ || monotonic - *last_poll_ >= options_.poll;
    beat();
    if (poll) {
        last_poll_ = monotonic;
        reread_experiment();
        if (auto owner = still_owner(); !owner) return owner;
    }
    if (auto looked = look(poll); !looked) return looked;
    return blocked_ || room() <= 0 || paused() ? Status{} : propose();
}

void Optimizer::beat() {
    if (options_.once) return;
    if (auto time = heart_.beat(ports_.clock.monotonic())) server_.hear(*time);
}

// A proposal that failed may be there nevertheless; only a new look at everything tells.
Status Optimizer::look(bool poll) {
    Seconds monotonic = ports_.clock.monotonic();
    bool due = !last_look_ || monotonic - *last_look_ >= look_interval;
    bool around = poll && (due || blocked_ || run_.waits());
    if (around) {
        if (auto looked = book_.look_around(experiment_); !looked) return looked;
        book_.record_ended(record_, server_.now());
        last_look_ = monotonic;
        blocked_ = false;
    } else {
        book_.look_at_live(experiment_);
    }
    if (poll) book_.look_again();
    tell(around);
    if (auto settled = settle_end(); !settled) return settled;
    if (poll) prune();
    return {};
}

// A missing number belongs to an outcome that is not seen yet, or to a trial that is not there any more:
// removed, tried again, or one of the stages that run once. Without a watcher nobody else counts.
void Optimizer::tell(bool looked_around) {
    for (auto& id : book_.take_ended()) {
        pruning_->end(book_, id);
        asked_.erase(id);
        run_.hear(id, book_.trials().at(id));
    }
    run_.tell();
    auto given_up = [&] {
        if (!book_.watched()) return true;
        return looked_around && (book_.all_ended() || ports_.clock.now() - run_.waits_since() > visibility);
    };
    while (run_.waits() && given_up()) run_.skip_missing();
    say_left_out();
}

void Optimizer::say_left_out() {
    if (run_.left_out() == said_left_out_) return;
    said_left_out_ = run_.left_out();
    ports_.log.warn("{} ended trial{} left out of the search: not of its space; the first is {}",
                    run_.left_out(), run_.left_out() == 1 ? " is" : "s are", run_.why_left_out());
}

void Optimizer::reread_experiment() {
    FileTag tag = tag_experiment(ports_.fs);
    if (tag == experiment_tag_) return;
    experiment_tag_ = tag;
    auto loaded = load_experiment(ports_.fs);
    auto run = loaded ? make_run(loaded->experiment) : Result<SearchRun>(fail(loaded.error().front()));
    auto pruning = run ? Pruning::make(ports_, loaded->experiment) : fail(run.error());
    if (!pruning) {
        for (auto& error : loaded ? std::vector<Error>{pruning.error()} : loaded.error())
            ports_.log.error("{}", error.text());
        return ports_.log.warn("the search goes on as before");
    }
    bool other = run->name() != run_.name();
    experiment_ = std::move(loaded->experiment);
    pruning_ = std::move(*pruning);
    continue_with(std::move(*run));
    if (other)
        ports_.log.info("the search is another one now: run {} ({}) begins, with {} trials of before",
                        run_.name(), run_.sampler().reason(), run_.told());
    else
        ports_.log.info("experiment.json was read again");
}

void Optimizer::continue_with(SearchRun run) {
    run_ = std::move(run);
    said_left_out_ = 0;
    for (auto& id : book_.take_ended()) asked_.erase(id);  // resume() hears them with the others
    pruning_->resume(book_);
    run_.resume(book_);
    tell(false);
}

Status Optimizer::still_owner() {
    auto overtaken = lease_.overtaken();
    if (!overtaken) return fail(overtaken.error());
    if (*overtaken) return fail(Code::busy, "another trialopt has taken over", layout::optimizer);
    return {};
}

bool Optimizer::paused() {
    bool now = is_listed(ports_.fs, layout::paused);
    if (now && !paused_) {
        auto text = read_document(ports_.fs, layout::paused, document_limit);
        std::string reason = read_request(text.value_or("")).reason;
        ports_.log.warn("the search is paused{}; nothing is proposed until: trialctl resume {}",
                        reason.empty() ? "" : ": " + reason, ports_.fs.root());
    }
    if (!now && paused_) ports_.log.info("the search is resumed");
    return paused_ = now;
}

Status Optimizer::propose() {
    if (auto owner = still_owner(); !owner) return owner;
    while (room() > 0 && ports_.waker.interrupts() == 0) {
        beat();
        auto made = propose_some(std::min(room(), static_cast<std::int64_t>(proposal_batch)));
        blocked_ = !made;
        if (!made) return made;
    }
    return {};
}

Status Optimizer::propose_some(std::int64_t count) {
    auto configs = run_.propose(book_, count);
    if (!configs) return fail(configs.error());
    std::vector<std::string> texts;
    for (auto& config : *configs) texts.push_back(write_config(config));
    auto published = publish_proposals(ports_.fs, texts, aside_, book_.free_number());
    for (std::size_t i = 0; i < published.ids.size(); ++i) {
        book_.add(published.ids[i], (*configs)[i]);
        proposed_ = true;
        ring(published.ids[i]);
        announce(published.ids[i], (*configs)[i]);
    }
    return published.status;
}

void Optimizer::announce(const TrialId& id, const Config& config) {
    std::string params;
    for (auto& [name, value] : config.params) params += " " + name + "=" + to_text(value);
    const Proposal& proposal = config.proposal;
    if (proposal.budget)
        params += fmt::format("; up to step {}", to_text(whole_if_possible(*proposal.budget)));
    if (!proposal.parent.empty()) params += ", going on from trial " + proposal.parent;
    ports_.log.info("proposed trial {} ({}, k={}):{}", id, proposal.sampler, proposal.k, params);
}

// A courtesy: without it the watcher finds the trial at its next look.
void Optimizer::ring(const TrialId& id) {
    SpoolEvent bell;
    bell.kind = SpoolKind::bell;
    bell.trial = id;
    bell.nonce = fmt::format("{}{}", nonce_, ++bells_);
    (void)spool_.post(bell);
}

bool Optimizer::all_proposed() const {
    bool in_vain = run_.needs_results() && book_.live().empty() && !run_.waits();
    return stopped_ || book_.proposals() >= target() || run_.exhausted(book_) || in_vain;
}

std::int64_t Optimizer::room() const {
    if (all_proposed() || run_.needs_results()) return 0;
    auto live = static_cast<std::int64_t>(book_.live().size());
    return std::min(parallel() - live, target() - book_.proposals());
}

std::int64_t Optimizer::target() const {
    return wanted_proposals(experiment_.optimizer, goal_);
}

std::int64_t Optimizer::parallel() const {
    if (options_.parallel > 0) return options_.parallel;
    if (experiment_.optimizer.parallel > 0) return experiment_.optimizer.parallel;
    int slots = slots_of(experiment_);
    return slots > 0 ? slots : std::max(1, ports_.processes.cpus());
}

bool Optimizer::finished() const {
    return all_proposed() && book_.live().empty();
}

// Each trouble once. While the next try is due, nothing is known.
void Optimizer::report(const Status& ticked) {
    if (ticked && blocked_) return;
    std::string trouble = ticked ? "" : ticked.error().text();
    if (std::exchange(trouble_, trouble) == trouble) return;
    if (ticked)
        ports_.log.info("proposing again");
    else
        ports_.log.error("{}; nothing is proposed until this is mended", trouble);
}

int Optimizer::run() {
    for (;;) {
        Status ticked = tick();
        if (!ticked && ticked.error().code == Code::busy) {
            ports_.log.error("{}", ticked.error().text());
            heart_.stop();
            return 1;
        }
        report(ticked);
        if (ticked && finished()) return finish();
        if (options_.once) return ticked ? 0 : 1;
        if (ports_.waker.interrupts() > 0) return leave();
        // What ended before its directory was watched gives no hint: look once more.
        if (!std::exchange(proposed_, false)) ports_.waker.wait(options_.poll);
    }
}

}  // namespace tw
