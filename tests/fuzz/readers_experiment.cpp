#include "fuzz/check.hpp"
#include "fuzz/readers.hpp"
#include "import/import.hpp"
#include "records/experiment.hpp"

namespace tw::fuzz {

namespace {

void look_at_errors(const std::vector<Error>& errors) {
    constexpr std::size_t most = 2000;
    demand(!errors.empty(), "refused without a word");
    demand(errors.size() <= most, "more mistakes than anybody reads");
    for (const Error& error : errors) (void)checked(error, file_name);
}

void look_at_space(const Space& space) {
    for (const Parameter& parameter : space.parameters) {
        demand(space.find(parameter.name) != nullptr, "a parameter is not found by its name");
        demand(std::isfinite(parameter.low) && std::isfinite(parameter.high),
               parameter.name + " is not bounded");
        demand(std::isfinite(parameter.step) && parameter.step >= 0, parameter.name + " has a wrong step");
        if (parameter.default_value)
            demand(in_domain(parameter, *parameter.default_value).has_value(),
                   "a default outside its domain");
    }
    demand(decision_order(space).size() == space.parameters.size(), "a parameter is never decided");
    for (const Expression& constraint : space.constraints) {
        demand(constraint.mentioned().empty() || constraint.holds({}), "broken by what is not there");
        Params params;
        for (const Parameter& parameter : space.parameters) params[parameter.name] = parameter.high;
        (void)constraint.holds(params);
    }
    if (const auto defaults = default_configuration(space)) {
        demand(fits(space, *defaults).has_value(), "the defaults do not fit the space");
        demand(meets_constraints(space, *defaults).has_value(), "the defaults break a constraint");
    }
}

// What is written before has a name, and the last stage of each trial answers for it.
void look_at_stages(const Experiment& found) {
    const Stage* last = nullptr;
    for (const Stage& stage : found.stages) {
        demand(!stage.command.empty(), "a stage without a command");
        for (const std::string& name : stage.after)
            demand(found.find_stage(name), "after a stage that is not there");
        demand(stage.grace.count() >= 0 && stage.retry_delay.count() >= 0, "a length of time below 0");
        if (stage.once == Once::no) last = &stage;
    }
    demand(last && last->array.empty() && !last->done.empty(), "no stage answers for the trial");
}

}  // namespace

std::optional<Code> experiment(const std::string& bytes) {
    const auto found = read_experiment(bytes, file_name);
    for (const char* pointer : {"", "/space/x/low", "/stages/0/name"})
        demand(line_of_pointer(bytes, pointer) >= 0, "a line below 0");
    if (!found) {
        look_at_errors(found.error());
        return found.error().front().code;
    }
    look_at_space(found->space);
    look_at_stages(*found);
    demand(!found->objectives.empty(), "no objective");
    return {};
}

std::optional<Code> foreign_space(const std::string& bytes) {
    const auto found = import_space(bytes, file_name);
    if (!found) {
        look_at_errors(found.error());
        return found.error().front().code;
    }
    for (const Error& note : found->notes) (void)checked(note, file_name);
    const auto experiment = read_experiment(found->experiment, file_name);
    demand(experiment.has_value(), "what it becomes is not accepted");
    look_at_space(experiment->space);
    return {};
}

}  // namespace tw::fuzz
