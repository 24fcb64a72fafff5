#include "app/ctl/create.hpp"
#include "app/ctl/drafts.hpp"
#include "app/ctl/json.hpp"
#include "app/ctl/table.hpp"
#include "trialdir/experiment_dir.hpp"

namespace tw {

namespace {

void print_made(CtlContext& context, const std::vector<Draft>& drafts, const std::vector<TrialId>& ids,
                bool json) {
    if (json) {
        Json list = Json::array();
        for (std::size_t i = 0; i < drafts.size(); ++i) {
            Json one;
            one["id"] = ids.empty() ? Json(nullptr) : Json(ids[i]);
            one["config"] = Json::parse(drafts[i].config);
            list.push_back(std::move(one));
        }
        return print_json(context, list);
    }
    for (std::size_t i = 0; i < drafts.size(); ++i)
        context.out << (ids.empty() ? format_params(drafts[i].params) : ids[i]) << "\n";
}

}  // namespace

int new_verb(CtlContext& context, FileSystem& fs, const NewOptions& options) {
    int status = 0;
    auto experiment = require_experiment(context, fs, status);
    if (!experiment) return status;
    if (auto here = check_place(fs); !here && !options.dry_run) return complain(context, here.error());
    auto drafts = make_drafts(context, *experiment, options);
    if (!drafts) return complain(context, drafts.error());
    auto inputs = open_inputs(context, options.inputs);
    if (!inputs) return complain(context, inputs.error());
    std::vector<TrialId> ids;
    if (!options.dry_run) {
        std::vector<std::string> configs;
        for (auto& draft : *drafts) configs.push_back(draft.config);
        auto made = create_trials(context, fs, configs, *inputs);
        if (!made) return complain(context, made.error());
        ids = std::move(*made);
    }
    print_made(context, *drafts, ids, options.json);
    return 0;
}

}  // namespace tw
