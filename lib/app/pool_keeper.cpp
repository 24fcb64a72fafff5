#include "app/pool_keeper.hpp"

#include "trialdir/layout.hpp"

namespace tw {

// Without the key nothing new is submitted, and nobody stays.
Status PoolKeeper::read_revision() {
    const Revision& revision = *desk_.ledger().latest();
    if (std::exchange(revision_, revision.number) == revision.number) return {};
    const auto& wanted = revision.experiment.agents;
    if (!wanted && !pool_) return {};
    PoolSpec spec = wanted ? *wanted : pool_->spec();
    if (!wanted) spec.min = spec.max = 0;
    if (pool_ && pool_->spec() == spec) return {};
    if (pool_ && pool_->spec().backend == spec.backend) {
        pool_->change(spec);
        return {};
    }
    auto scheduler = desk_.backends.make(spec.backend);
    if (!scheduler) {
        Error error = scheduler.error();
        error.file = layout::experiment_file;
        error.pointer = "/agents/submit/backend" + error.pointer;
        error.line = line_of_pointer(revision.text, error.pointer);
        return fail(error);
    }
    if (pool_) pool_->dismiss();
    PoolPorts ports{desk_.ports.fs,           desk_.ports.clock,
                    desk_.ports.log,          desk_.books.journal().owner().experiment,
                    desk_.options.trialagent, desk_.ports.processes.self().name};
    pool_ = std::make_unique<ElasticPool>(ports, spec, std::move(*scheduler));
    return {};
}

void PoolKeeper::tick(const std::vector<Intake::LiveTask>& live) {
    if (auto read = read_revision(); !read)
        desk_.ports.log.warn("{}; the pool of agents stays as it was", read.error().text());
    if (pool_)
        pool_->tick(
            work_of(live), [this] { return desk_.books.still_owner(); }, desk_.full);
}

std::vector<AgentWork> PoolKeeper::work_of(const std::vector<Intake::LiveTask>& live) const {
    std::vector<AgentWork> work;
    for (auto& task : live) {
        const Revision* revision = desk_.ledger().revision_of(*task.trial);
        const Stage* stage = desk_.stage_of(*task.trial, task.run->name);
        if (stage && revision->experiment.backend_of(*stage).type == "agents")
            work.push_back({stage->resources, stage->grace});
    }
    return work;
}

void PoolKeeper::dismiss() {
    if (pool_) pool_->dismiss();
}

}  // namespace tw
