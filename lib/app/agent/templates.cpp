#include "app/agent/templates.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/text.hpp"

namespace tw {

namespace {

// --overlap: the agent keeps the books, and pins; Slurm's own would let nothing run beside the helper's step.
// --mpi=none: what runs there alone must not take itself for a rank of that step.
constexpr const char* slurm_remote =
    "srun --overlap --nodes=1 --ntasks=1 --nodelist={host} --cpu-bind=none --mpi=none --kill-on-bad-exit=0";
constexpr const char* slurm_mpiexec =
    "srun --overlap --nodes={nodes} --ntasks={ranks} --cpus-per-task={cpus} --nodelist={hosts} "
    "--cpu-bind=none";
constexpr const char* other_remote = "ssh -o BatchMode=yes {host}";
constexpr const char* other_mpiexec = "mpiexec -n {ranks} -host {slots}";

Result<command::CommandWords> read(const char* option, const std::string& text,
                                   const std::vector<std::string>& names) {
    auto words = command::CommandWords::parse(text, names);
    if (!words) return fail(Code::usage, std::string(option) + ": " + words.error().text());
    return *words;
}

bool is_plain(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' ||
           c == '.' || c == '_' || c == '-';
}

// What these are given is read by a shell on the other side.
bool goes_through_a_shell(const std::string& program) {
    std::string name = program.substr(program.rfind('/') + 1);
    return name == "ssh" || name == "rsh" || name == "oarsh";
}

}  // namespace

Result<LaunchTemplates> LaunchTemplates::read(const std::string& remote, const std::string& mpiexec,
                                              bool slurm) {
    auto reach = tw::read("--remote-template",
                          !remote.empty() ? remote
                          : slurm         ? slurm_remote
                                          : other_remote,
                          {"host"});
    if (!reach) return fail(reach.error());
    if (!reach->mentions("host")) return fail(Code::usage, "--remote-template must say where {host} goes");
    auto ranks = tw::read("--mpiexec-template",
                          !mpiexec.empty() ? mpiexec
                          : slurm          ? slurm_mpiexec
                                           : other_mpiexec,
                          {"hosts", "slots", "hostfile", "nodes", "ranks", "per_host", "cpus", "gpus"});
    if (!ranks) return fail(ranks.error());
    return LaunchTemplates(std::move(*reach), std::move(*ranks));
}

std::vector<std::string> LaunchTemplates::remote(const std::string& host,
                                                 const std::vector<std::string>& words) const {
    auto line = remote_.fill({{"host", {host}}});
    bool quote = goes_through_a_shell(line.front());
    for (const std::string& word : words) line.push_back(quote ? shell_quote(word) : word);
    return line;
}

std::string LaunchTemplates::mpiexec(const RanksPlace& place, const std::vector<std::string>& rank) const {
    std::vector<std::string> slots;
    for (const std::string& host : place.hosts) slots.push_back(fmt::format("{}:{}", host, place.per_host));
    auto line = mpiexec_.fill({{"hosts", {join(place.hosts, ",")}},
                               {"slots", {join(slots, ",")}},
                               {"hostfile", {place.hostfile}},
                               {"nodes", {std::to_string(place.hosts.size())}},
                               {"ranks", {std::to_string(place.ranks)}},
                               {"per_host", {std::to_string(place.per_host)}},
                               {"cpus", {std::to_string(place.cpus)}},
                               {"gpus", {std::to_string(place.gpus)}}});
    line.insert(line.end(), rank.begin(), rank.end());
    return join(line, " ");
}

std::string plain_word(std::string_view text) {
    std::string word;
    for (char c : text)
        word += is_plain(c) ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    return word;
}

std::string from_plain_word(std::string_view word) {
    std::string text;
    for (std::size_t i = 0; i < word.size(); ++i) {
        unsigned value = 0;
        const char* digits = word.data() + i + 1;
        bool coded = word[i] == '%' && i + 2 < word.size() &&
                     std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2;
        text += coded ? static_cast<char>(value) : word[i];
        if (coded) i += 2;
    }
    return text;
}

}  // namespace tw
