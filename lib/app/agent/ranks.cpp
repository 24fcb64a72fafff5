#include "app/agent/ranks.hpp"

#include <fmt/format.h>

#include <charconv>

#include "app/agent/host_words.hpp"
#include "app/agent/templates.hpp"
#include "base/environment.hpp"
#include "base/text.hpp"
#include "batch/hosts.hpp"
#include "trialdir/layout.hpp"

namespace tw {

namespace {

bool read_number(std::string_view text, int& out, int least) {
    auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
    return failure == std::errc() && stop == text.data() + text.size() && out >= least;
}

}  // namespace

std::string write_rank_places(const RankPlaces& places) {
    std::string text = fmt::format("{}\n", places.cpus);
    for (const auto& host : places.hosts)
        text += fmt::format("{} {} {}\n", host.name, cpu_list(host.cpus),
                            !host.gpus           ? "-"
                            : host.gpus->empty() ? "none"
                                                 : *host.gpus);
    return text;
}

Result<RankPlaces> read_rank_places(const std::string& text, const std::string& file) {
    RankPlaces places;
    auto lines = split(text, '\n');
    bool good = read_number(lines[0], places.cpus, 1);
    for (std::size_t i = 1; good && i < lines.size(); ++i) {
        if (lines[i].empty()) continue;
        auto words = split(lines[i], ' ');
        good = words.size() == 3;
        if (!good) break;
        RankPlaces::Host host{words[0], read_cpu_list(words[1]), std::nullopt};
        if (words[2] != "-") host.gpus = words[2] == "none" ? "" : words[2];
        places.hosts.push_back(std::move(host));
    }
    if (!good) return fail(Code::invalid, "does not say where ranks run", file);
    return places;
}

const RankPlaces::Host* host_of_rank(const RankPlaces& places, const std::string& own_name,
                                     const std::vector<std::string>& environment) {
    for (const std::string& name : {own_name, variable_of(environment, "SLURMD_NODENAME")})
        for (auto& host : places.hosts)
            if (same_host(host.name, name)) return &host;
    return nullptr;
}

std::vector<int> cpus_of_rank(const RankPlaces& places, const RankPlaces::Host& host,
                              std::optional<int> local) {
    auto each = static_cast<std::size_t>(places.cpus),
         first = static_cast<std::size_t>(local.value_or(0)) * each;
    if (!local || first + each > host.cpus.size()) return host.cpus;
    auto begin = host.cpus.begin() + static_cast<std::ptrdiff_t>(first);
    return {begin, begin + places.cpus};
}

std::optional<int> local_rank(const std::vector<std::string>& environment) {
    for (auto* name : {"OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "MV2_COMM_WORLD_LOCAL_RANK",
                       "PALS_LOCAL_RANKID", "SLURM_LOCALID"}) {
        int number = 0;
        if (read_number(variable_of(environment, name), number, 0)) return number;
    }
    return std::nullopt;
}

std::string rank_word(const RankOf& rank) {
    return fmt::format("{}:{}:{}", plain_word(rank.experiment), plain_word(rank.agent), plain_word(rank.job));
}

std::optional<RankOf> parse_rank_word(std::string_view word) {
    auto parts = split(word, ':');
    if (parts.size() != 3) return std::nullopt;
    RankOf rank{from_plain_word(parts[0]), from_plain_word(parts[1]), from_plain_word(parts[2])};
    bool good = rank.experiment.starts_with('/') && is_agent_id(rank.agent) &&
                rank.job.find('/') == std::string::npos;
    return good ? std::optional(rank) : std::nullopt;
}

std::string ranks_path(const std::string& agent, const std::string& job) {
    return layout::agents + "/" + agent + "/ranks." + job;
}

std::string hostfile_path(const std::string& agent, const std::string& job) {
    return layout::agents + "/" + agent + "/hosts." + job;
}

std::string rank_mark(const std::string& agent, const std::string& job) {
    return "TRIALWATCH_RANK=" + agent + "/" + job;
}

std::string job_word(const JobRef& job) {
    return job.trial + "." + job.key.name();
}

}  // namespace tw
