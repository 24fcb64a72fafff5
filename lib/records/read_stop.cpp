#include <fmt/format.h>

#include "records/experiment_reader.hpp"

namespace tw {

namespace {

void read_time(ObjectReader& reader, StopSpec& stop) {
    Seconds time{0};
    if (!reader.seconds("time", time)) return;
    if (time > Seconds(0))
        stop.time = time;
    else
        reader.wrong("time", "'time' must be more than 0", "such as \"12h\"");
}

// Rules about the value of the one objective.
void read_number(ObjectReader& reader, const std::string& key, const std::vector<Objective>& objectives,
                 std::optional<double>& out) {
    double number = 0;
    if (!reader.real(key, number)) return;
    if (objectives.size() > 1)
        return reader.wrong(key,
                            fmt::format("'{}' needs one objective, and there are {}", key, objectives.size()),
                            "patience goes with several");
    out = number;
}

void read_regret(ObjectReader& reader, const std::string& sampler, const std::vector<Objective>& objectives,
                 StopSpec& stop) {
    read_number(reader, "regret", objectives, stop.regret);
    if (stop.regret && *stop.regret <= 0) reader.wrong("regret", "'regret' must be above 0");
    if (stop.regret && sampler != "gp" && sampler != "auto")
        reader.wrong("regret", fmt::format("the sampler {} knows no bound of the regret", sampler),
                     "sampler auto and gp do");
}

void read_patience(ObjectReader& reader, const std::vector<Objective>& objectives, StopSpec& stop) {
    reader.whole("patience", stop.patience, 1);
    if (!reader.real("min_delta", stop.min_delta)) return;
    if (stop.min_delta < 0) reader.wrong("min_delta", "'min_delta' must not be below 0");
    if (!reader.find("patience")) reader.wrong("min_delta", "'min_delta' belongs to 'patience'");
    if (objectives.size() > 1)
        reader.wrong("min_delta",
                     fmt::format("'min_delta' needs one objective, and there are {}", objectives.size()),
                     "leave it out: any trial that enters the front is an improvement");
}

}  // namespace

StopSpec read_stop(const json::Value& value, const std::string& pointer, const std::string& sampler,
                   const std::vector<Objective>& objectives, Mistakes& mistakes) {
    StopSpec stop;
    ObjectReader reader(value, pointer, mistakes);
    read_time(reader, stop);
    read_number(reader, "target", objectives, stop.target);
    read_patience(reader, objectives, stop);
    read_regret(reader, sampler, objectives, stop);
    stop.stop_running = reader.one_of("running", {"finish", "stop"}) == 1;
    reader.refuse_unknown();
    return stop;
}

}  // namespace tw
