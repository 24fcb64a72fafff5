// Who is not worth finishing is asked to stop, as a person asks: by a file.
#include <algorithm>

#include "app/optimizer.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

// A person tried again what an optimizer had stopped: the wish for the whole of it holds.
bool was_stopped_before(FileSystem& fs, const TrialId& id, const TrialFiles& files) {
    auto was_stopped = [&](auto& name) {
        if (!name.starts_with("outcome.") || !name.ends_with(".json") || name == "outcome.json") return false;
        std::string path = layout::trial(id) + "/" + name;
        auto text = read_document(fs, path, outcome_limit);
        auto outcome = text ? read_outcome(*text, path) : Result<Outcome>(fail(text.error()));
        return outcome && outcome->state == EndState::pruned &&
               (outcome->by == pruner_name || outcome->by == optimizer_name);
    };
    return std::any_of(files.names.begin(), files.names.end(), was_stopped);
}

}  // namespace

// Each one once. What could not be published is tried again at the next poll.
void Optimizer::prune() {
    for (auto& [id, why] : pruning_->look(book_))
        if (!asked_.contains(id)) condemned_[id] = {pruner_name, why};
    if (stopped_ && experiment_.optimizer.stop.stop_running)
        for (auto& id : book_.live())
            if (!asked_.contains(id)) condemned_.try_emplace(id, Request{optimizer_name, stopped_->reason});
    std::erase_if(condemned_, [&](auto& entry) {
        if (!book_.live().contains(entry.first)) return true;
        bool done = ask_to_stop(entry.first, entry.second);
        if (done) asked_.insert(entry.first);
        return done;
    });
}

// false: not yet.
bool Optimizer::ask_to_stop(const TrialId& id, const Request& request) {
    if (book_.trials().at(id).closing) return true;
    auto files = look_at_trial(ports_.fs, id);
    if (!files) return false;
    if (files->outcome || files->stop || was_stopped_before(ports_.fs, id, *files)) return true;
    std::string path = layout::trial(id) + "/stop";
    auto made = publish(ports_.fs, path, write_request(request), aside_);
    if (!made && made.error().code != Code::exists) {
        if (trouble_.empty()) ports_.log.warn("{}", made.error().text());
        return false;
    }
    ring(id);
    ports_.log.info("trial {} is asked to stop: {}", id, request.reason);
    return true;
}

}  // namespace tw
