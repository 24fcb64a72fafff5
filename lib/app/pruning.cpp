#include "app/pruning.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "trialdir/layout.hpp"

namespace tw {

namespace {

std::string metrics_of(const TrialId& id) {
    return layout::trial(id) + "/metrics.jsonl";
}

// At the highest step; of a step that is there twice, the first.
std::optional<Measured> last_of(const std::vector<Measured>& points) {
    auto lower = [](auto& a, auto& b) { return a.step < b.step; };
    auto last = std::max_element(points.begin(), points.end(), lower);
    return last == points.end() ? std::nullopt : std::optional(*last);
}

}  // namespace

Pruning::Pruning(Ports ports, const Experiment& experiment, std::unique_ptr<Pruner> pruner)
    : ports_(ports),
      spec_(experiment.optimizer.pruner),
      objective_(experiment.objectives.front().name),
      pruner_(std::move(pruner)) {
}

Result<std::unique_ptr<Pruning>> Pruning::make(Ports ports, const Experiment& experiment) {
    auto pruner = make_pruner(experiment.optimizer.pruner, experiment.objectives);
    if (!pruner) return fail(pruner.error());
    return std::unique_ptr<Pruning>(new Pruning(ports, experiment, std::move(*pruner)));
}

void Pruning::resume(TrialBook& book) {
    if (!works()) return;
    std::map<std::pair<std::int64_t, TrialId>, TrialId> ended;
    for (auto& [id, trial] : book.trials())
        if (trial.outcome) ended[{trial.outcome->seq, id}] = id;
    for (auto& [order, id] : ended) end(book, id);
}

// The whole file, whatever was seen of it before: after a restart it is the same.
void Pruning::end(TrialBook& book, const TrialId& id) {
    if (!works()) return;
    tails_.erase(id);
    ended_.insert(id);
    pruner_->forget(id);
    const BookedTrial& trial = book.trials().at(id);
    MetricNews news;
    if (trial.reports) news = MetricsTail().read(ports_.fs, metrics_of(id), spec_.metric).value_or(news);
    for (auto& point : news.points) pruner_->report(id, point.step, point.value);
    TrialEnd end{trial.outcome->state, {}};
    auto value = trial.outcome->values.find(objective_);
    if (end.state == EndState::complete && value != trial.outcome->values.end())
        end.objective = value->second;
    pruner_->end(id, end);
    book.note_last(id, last_of(news.points));
    if (news.lines > 0 && news.points.empty() && !std::exchange(said_missing_, true))
        ports_.log.warn("trial {} has reported, but never '{}', which the pruner looks at", id, spec_.metric);
}

std::map<TrialId, std::string> Pruning::look(const TrialBook& book) {
    std::map<TrialId, std::string> stops;
    if (!works()) return stops;
    forget_missing(book);
    std::vector<Report> reports;
    for (auto* ids : {&book.live(), &book.others()})
        for (auto& id : *ids)
            if (book.trials().at(id).reports) look_at(id, reports);
    std::stable_sort(reports.begin(), reports.end(), [](auto& a, auto& b) {
        return std::tie(a.order, a.trial) < std::tie(b.order, b.trial);
    });
    for (auto& report : reports) pruner_->report(report.trial, report.point.step, report.point.value);
    for (auto& report : reports) {
        if (!book.live().contains(report.trial) || stops.contains(report.trial)) continue;
        auto judgement = pruner_->judge(report.trial);
        if (judgement.stop) stops[report.trial] = spec_.type + ": " + judgement.why;
    }
    return stops;
}

void Pruning::look_at(const TrialId& id, std::vector<Report>& reports) {
    if (ended_.erase(id) > 0) pruner_->forget(id);
    auto news = tails_[id].read(ports_.fs, metrics_of(id), spec_.metric);
    if (!news) return;  // another look tells
    if (news->anew) pruner_->forget(id);
    say(id, *news);
    std::int64_t order = 0;
    for (auto& point : news->points) {
        order = std::max(order, point.step);
        reports.push_back({order, id, point});
    }
}

void Pruning::forget_missing(const TrialBook& book) {
    for (auto tail = tails_.begin(); tail != tails_.end();) {
        bool missing = !book.trials().contains(tail->first);
        if (missing) pruner_->forget(tail->first);
        tail = missing ? tails_.erase(tail) : std::next(tail);
    }
}

void Pruning::say(const TrialId& id, const MetricNews& news) {
    if (news.skipped == 0 || !said_.insert(id).second) return;
    ports_.log.warn("{}: {} line{} no metric and passed over, such as {{\"step\": 3, \"{}\": 0.5}}",
                    metrics_of(id), news.skipped, news.skipped == 1 ? " is" : "s are", spec_.metric);
}

}  // namespace tw
