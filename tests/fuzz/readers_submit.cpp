#include "app/launcher.hpp"
#include "base/scalar.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "batch/slurm/sbatch.hpp"
#include "batch/slurm/sbatch_file.hpp"
#include "fuzz/check.hpp"
#include "fuzz/readers.hpp"
#include "support/virtual_filesystem.hpp"

namespace tw::fuzz {

namespace {

// A trial with what a description may name.
support::VirtualFileSystem& trial_directory() {
    static support::VirtualFileSystem fs;
    if (!fs.exists("trials/000042/flows/1.json")) {
        for (const char* name : {"1.json", "2.json", "10.json", ".hidden"})
            fs.put(std::string("trials/000042/flows/") + name, "{}");
        fs.put("trials/000042/items", "a 1\nb 2\n");
        fs.put("trials/000042/run.sh", "");
    }
    fs.accesses.clear();
    return fs;
}

bool same(const SubmitItem& a, const SubmitItem& b) {
    return write_submit_item(a) == write_submit_item(b) && a.executable == b.executable &&
           a.arguments == b.arguments && a.environment == b.environment && a.directory == b.directory &&
           a.output == b.output && a.error == b.error && a.input_name == b.input_name;
}

// The list is frozen as lines of JSON; what is started is what those say.
void look_at_item(const SubmitItem& item) {
    demand(!item.executable.empty(), "nothing to start");
    const auto again = read_submit_item(write_submit_item(item));
    demand(again && same(*again, item), "the frozen list says another thing: " + write_submit_item(item));
    for (const std::string& word : item.arguments)
        demand(word.find('\0') == word.npos, "a zero byte in a word");
    for (const std::string& entry : item.environment)
        demand(entry.find('=') != entry.npos && entry[0] != '=', "no NAME=VALUE");
}

}  // namespace

std::optional<Code> submit(const std::string& bytes) {
    const auto found = read_submit_description(bytes, file_name, trial_directory(), "trials/000042", 1);
    if (!found) return checked(found.error(), file_name);
    for (std::size_t i = 0; i < found->items.size() && i < 100; ++i) look_at_item(found->items[i]);
    return {};
}

// A batch script that a job wrote. Whatever is in it, of what is given to sbatch only its own lines and ours.
std::optional<Code> sbatch_file(const std::string& bytes) {
    const std::string path = std::string("trials/000042/") + file_name;
    if (!slurm::is_sbatch_file(bytes)) return {};
    const auto found = slurm::read_sbatch_file({"000042", path, bytes}, "/experiment");
    if (!found) return checked(found.error(), path);
    demand(!found->items.empty() && found->as_it_stands, "no tasks");
    for (std::size_t i = 0; i < found->items.size() && i < 100; ++i) look_at_item(found->items[i]);
    JobGroup group;
    group.launch = "/launch";
    group.generated = bytes;
    const auto lines = split(slurm::batch_script(group), '\n');
    for (std::size_t i = 1; i + 2 < lines.size(); ++i) demand(lines[i].starts_with("#SBATCH"), "a command before ours");
    demand(lines.size() >= 3 && lines[lines.size() - 2].starts_with("exec /bin/sh /launch "), "our line is not the last one");
    return {};
}

std::optional<Code> submit_item(const std::string& bytes) {
    const auto found = read_submit_item(bytes);
    if (!found) return checked(found.error(), "");
    survives(*found, read_submit_item, write_submit_item);
    return {};
}

std::optional<Code> units(const std::string& bytes) {
    if (const auto time = parse_duration(bytes))
        demand(std::isfinite(time->count()) && time->count() >= 0, "no length of time");
    else
        (void)checked(time.error(), "");
    if (const auto size = parse_bytes(bytes))
        demand(*size >= 0, "a size below 0");
    else
        (void)checked(size.error(), "");
    if (const auto point = parse_instant(bytes))
        demand(parse_instant(format_instant(*point, true)).has_value(), "a time cannot be read again");
    else
        (void)checked(point.error(), "");
    const Scalar scalar = scalar_from_text(bytes);
    demand(same_value(scalar_from_text(to_text(scalar)), scalar), "a scalar is another one when written");
    return {};
}

}  // namespace tw::fuzz
