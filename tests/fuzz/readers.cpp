#include "fuzz/readers.hpp"

#include <stdexcept>

#include "fuzz/reader.hpp"

namespace tw::fuzz {

#define EXAMPLES "protocol/examples/valid/"
#define WRONG "protocol/examples/invalid/"
#define GOLDEN "tests/golden/1/"
#define CORPUS "tests/fuzz/corpus/"
#define FOREIGN "tests/unit/import/data/"
#define CONDOR "tests/unit/batch/data/htcondor"  // logs and ads as HTCondor wrote them

const std::vector<Reader>& readers() {
    constexpr Beginning anything = Beginning::anything, not_yet = Beginning::not_yet,
                        refused = Beginning::refused;
    static const std::vector<Reader> list = {
        {"config",
         config,
         not_yet,
         {EXAMPLES "config", GOLDEN "config.json"},
         {WRONG "config", CORPUS "config"}},
        {"result",
         result,
         not_yet,
         {EXAMPLES "result", GOLDEN "result.json"},
         {WRONG "result", CORPUS "result"}},
        {"metrics",
         metrics,
         anything,
         {EXAMPLES "metrics-line", GOLDEN "metrics.jsonl"},
         {WRONG "metrics-line", CORPUS "metrics"}},
        {"experiment",
         experiment,
         refused,
         {EXAMPLES "experiment", GOLDEN "experiment.json"},
         {WRONG "experiment", CORPUS "experiment"}},
        {"foreign_space",
         foreign_space,
         anything,
         {FOREIGN "nni_config.yml", FOREIGN "wandb_sweep.json", FOREIGN "ray_space.json",
          FOREIGN "configspace_new.json"},
         {CORPUS "foreign_space"}},
        {"outcome",
         outcome,
         not_yet,
         {EXAMPLES "outcome", GOLDEN "outcome.json"},
         {WRONG "outcome", CORPUS "outcome"}},
        {"identity",
         identity,
         not_yet,
         {EXAMPLES "identity", GOLDEN "identity.json"},
         {WRONG "identity", CORPUS "identity"}},
        {"owner", owner, not_yet, {EXAMPLES "owner", GOLDEN "owner.json"}, {WRONG "owner", CORPUS "owner"}},
        {"goal", goal, not_yet, {EXAMPLES "goal", GOLDEN "goal.json"}, {WRONG "goal", CORPUS "goal"}},
        {"stopped", stopped, not_yet, {EXAMPLES "stopped"}, {WRONG "stopped"}},
        {"agent", agent_card, not_yet, {EXAMPLES "agent"}, {WRONG "agent"}},
        {"agent_job", agent_job, not_yet, {EXAMPLES "agent-job"}, {WRONG "agent-job"}},
        {"request",
         request,
         anything,
         {EXAMPLES "request", GOLDEN "request.json"},
         {WRONG "request", CORPUS "request"}},
        {"segment", segment, anything, {GOLDEN "journal-0000000001"}, {CORPUS "segment"}},
        {"history", history, anything, {CORPUS "history/golden"}, {CORPUS "history"}},
        {"event", event, refused, {CORPUS "event/well-formed"}, {CORPUS "event"}},
        {"recorded", recorded, refused, {CORPUS "recorded/well-formed"}, {CORPUS "recorded"}},
        {"claim", claim, not_yet, {GOLDEN "claim", GOLDEN "claim-void"}, {CORPUS "claim"}},
        {"names", names, anything, {GOLDEN "event-names"}, {CORPUS "names"}},
        {"submit", submit, anything, {CORPUS "submit/well-formed"}, {CORPUS "submit"}},
        {"submit_item", submit_item, refused, {CORPUS "submit_item/well-formed"}, {CORPUS "submit_item"}},
        {"sbatch_file", sbatch_file, anything, {CORPUS "sbatch_file/well-formed"}, {CORPUS "sbatch_file"}},
        {"squeue", squeue, anything, {CORPUS "squeue/well-formed"}, {CORPUS "squeue"}},
        {"accounts", accounts, anything, {CORPUS "accounts"}, {}},
        {"condor_log", condor_log, anything, {CONDOR}, {}},
        {"class_ads", class_ads, anything, {CONDOR}, {}},
        {"qstat", qstat, refused, {CORPUS "qstat/well-formed"}, {CORPUS "qstat"}},
        {"qacct", qacct, anything, {CORPUS "qacct"}, {}},
        {"units", units, anything, {CORPUS "units"}, {}},
    };
    return list;
}

const Reader& reader(const std::string& name) {
    for (const Reader& found : readers())
        if (found.name == name) return found;
    throw std::out_of_range("no reader '" + name + "'");
}

}  // namespace tw::fuzz
