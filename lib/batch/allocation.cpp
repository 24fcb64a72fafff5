#include "batch/allocation.hpp"

#include <algorithm>
#include <charconv>
#include <pugixml.hpp>

#include "base/environment.hpp"
#include "base/text.hpp"

namespace tw {

namespace {

constexpr std::int64_t mebibyte = 1 << 20;

class Surroundings {
public:
    Surroundings(const std::vector<std::string>& environment, Commands& commands)
        : environment_(environment), commands_(commands) {}

    std::string text(const std::string& name) const { return variable_of(environment_, name); }
    std::int64_t number(const std::string& name) const;
    std::string ask(const std::vector<std::string>& argv) const {
        auto said = commands_.run({argv, environment_, "", "", Seconds(30)});
        return said && said->status == 0 ? said->output : "";
    }

private:
    const std::vector<std::string>& environment_;
    Commands& commands_;
};

// 0 where it is none.
std::int64_t whole(std::string_view text) {
    std::int64_t number = 0;
    auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    return failure == std::errc() && stop == text.data() + text.size() && number > 0 ? number : 0;
}

std::int64_t Surroundings::number(const std::string& name) const {
    return whole(text(name));
}

Seconds seconds(std::int64_t number) {
    return Seconds(static_cast<double>(number));
}

// As squeue(1) prints what is left: [days-][hours:]minutes:seconds. Anything else (UNLIMITED, NOT_SET) is no
// end.
std::optional<Seconds> time_left(std::string_view text) {
    double days = 0, left = 0;
    auto read = [](std::string_view digits, double& out) {
        int number = 0;
        auto [stop, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
        out = number;
        return failure == std::errc() && stop == digits.data() + digits.size() && number >= 0;
    };
    auto dash = text.find('-');
    if (dash != text.npos && !read(text.substr(0, dash), days)) return std::nullopt;
    auto parts = split(dash == text.npos ? text : text.substr(dash + 1), ':');
    if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
    for (const std::string& part : parts) {
        double number = 0;
        if (!read(part, number)) return std::nullopt;
        left = left * 60 + number;
    }
    return Seconds(days * 86400 + left);
}

// SLURM_JOB_END_TIME is there since 23.02; releases before are asked.
Allocation in_slurm(const Surroundings& here, Instant now) {
    std::string job = here.text("SLURM_JOB_ID");
    Allocation found{"slurm " + job,
                     {},
                     static_cast<int>(here.number("SLURM_CPUS_ON_NODE")),
                     here.number("SLURM_MEM_PER_NODE") * mebibyte};
    if (auto end = here.number("SLURM_JOB_END_TIME"))
        found.ends = Instant(seconds(end));
    else if (auto left = time_left(trim(here.ask({"squeue", "-h", "-j", job, "-o", "%L"}))))
        found.ends = now + *left;
    return found;
}

// Of a ClassAd in the old format, an attribute with a number for each line. 0: it has none.
std::int64_t attribute(const std::string& ad, const std::string& name) {
    for (const std::string& line : split(ad, '\n')) {
        auto equals = line.find('=');
        if (equals != line.npos && trim(line.substr(0, equals)) == name)
            return whole(trim(line.substr(equals + 1)));
    }
    return 0;
}

// AllowedJobDuration counts from the job's start, AllowedExecuteDuration from that of its program, which is
// this moment.
Allocation in_htcondor(const Surroundings& here, Instant now) {
    std::string ad = here.ask({"cat", here.text("_CONDOR_JOB_AD")});
    Allocation found;
    found.name = "htcondor " + std::to_string(attribute(ad, "ClusterId")) + "." +
                 std::to_string(attribute(ad, "ProcId"));
    found.cpus = static_cast<int>(attribute(ad, "CpusProvisioned"));
    found.memory = attribute(ad, "MemoryProvisioned") * mebibyte;
    auto start = attribute(ad, "JobCurrentStartDate"), job = attribute(ad, "AllowedJobDuration"),
         execute = attribute(ad, "AllowedExecuteDuration");
    if (start > 0 && job > 0) found.ends = Instant(seconds(start + job));
    if (execute > 0)
        found.ends = std::min(found.ends.value_or(now + seconds(execute)), now + seconds(execute));
    return found;
}

// qstat -j -xml: what was asked for, and when it began. Some releases count in milliseconds.
std::optional<Instant> end_in_gridengine(const std::string& xml, const std::string& task) {
    pugi::xml_document document;
    if (!document.load_string(xml.c_str())) return {};
    auto start = document.select_node(("//*[JAT_task_number='" + task + "']/JAT_start_time").c_str())
                     .node()
                     .text()
                     .as_llong();
    auto limit = document.select_node("//*[CE_name='h_rt']/CE_stringval").node().text().as_llong();
    if (start > 100000000000) start /= 1000;
    return start > 0 && limit > 0 ? std::optional(Instant(seconds(start + limit))) : std::nullopt;
}

Allocation in_gridengine(const Surroundings& here) {
    std::string job = here.text("JOB_ID"), tools = here.text("SGE_BINARY_PATH");
    std::int64_t task = here.number("SGE_TASK_ID");  // 0: "undefined"
    Allocation found;
    found.name = "gridengine " + job + (task > 0 ? "." + std::to_string(task) : "");
    if (here.number("NHOSTS") <= 1) found.cpus = static_cast<int>(here.number("NSLOTS"));
    std::string number =
        std::to_string(std::max<std::int64_t>(task, 1));          // what is no array has the number 1
    for (auto& qstat : {std::string("qstat"), tools + "/qstat"})  // a job's PATH need not have it
        if (!found.ends) found.ends = end_in_gridengine(here.ask({qstat, "-j", job, "-xml"}), number);
    return found;
}

}  // namespace

Allocation find_allocation(const std::vector<std::string>& environment, Instant now, Commands& commands) {
    Surroundings here(environment, commands);
    if (!here.text("SLURM_JOB_ID").empty()) return in_slurm(here, now);
    if (!here.text("_CONDOR_JOB_AD").empty()) return in_htcondor(here, now);
    if (!here.text("SGE_ROOT").empty() && !here.text("JOB_ID").empty()) return in_gridengine(here);
    if (std::string id = here.text("PBS_JOBID"); !id.empty()) return {"pbs " + id, {}, 0, 0};
    return {};
}

}  // namespace tw
