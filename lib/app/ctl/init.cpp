#include <algorithm>

#include "app/ctl/advise.hpp"
#include "app/ctl/verbs.hpp"
#include "base/text.hpp"
#include "records/event_name.hpp"
#include "trialdir/layout.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

constexpr std::int64_t largest = 64 << 20;

std::string path_in(const std::string& directory, const std::string& name) {
    return directory.empty() ? name : directory + "/" + name;
}

// What only matters to those who build the example.
bool is_source(const DirectoryEntry& entry) {
    auto ends = [&](const char* suffix) { return entry.name.ends_with(suffix); };
    if (entry.kind == FileKind::directory) return entry.name == "src" || entry.name == "build";
    return entry.name == "CMakeLists.txt" || ends(".cpp") || ends(".hpp");
}

// What an old experiment has besides the scripts and what they read.
bool is_history(const DirectoryEntry& entry) {
    return entry.kind == FileKind::directory || entry.name.starts_with('.') || is_temporary(entry.name);
}

Status copy_file(CtlContext& context, FileSystem& from, FileSystem& to, const std::string& path) {
    auto stat = from.stat(path);
    if (!stat) return fail(stat.error());
    if (stat->size > largest) {
        context.err << "trialctl: " << path << " is larger than " << format_bytes(largest)
                    << " and was not copied\n";
        return {};
    }
    auto bytes = from.read(path, 0, stat->size);
    if (!bytes) return fail(bytes.error());
    return to.create(path, *bytes, stat->mode & 0777);
}

template <class LeaveOut>
Status copy_tree(CtlContext& context, FileSystem& from, FileSystem& to, const std::string& directory,
                 LeaveOut leave_out) {
    auto entries = from.list(directory);
    if (!entries) return fail(entries.error());
    for (auto& entry : *entries) {
        std::string path = path_in(directory, entry.name);
        if (leave_out(entry)) continue;
        Status status;
        if (entry.kind == FileKind::directory) {
            status = to.make_directory(path);
            if (status) status = copy_tree(context, from, to, path, leave_out);
        } else if (entry.kind == FileKind::file) {
            status = copy_file(context, from, to, path);
        }
        if (!status) return status;
    }
    return {};
}

// "power-flow" and "power_flow" alike.
std::string folder_of(std::string name) {
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

Result<std::string> find_template(CtlContext& context, const InitOptions& options) {
    auto fs = context.open(options.templates);
    if (!fs) return fail(fs.error());
    auto entries = (*fs)->list("");
    if (!entries) return fail(entries.error());
    std::vector<std::string> names;
    for (auto& entry : *entries) {
        if (entry.kind != FileKind::directory) continue;
        if (entry.name == folder_of(options.name)) return options.templates + "/" + entry.name;
        names.push_back(entry.name);
    }
    std::sort(names.begin(), names.end());
    for (auto& name : names) std::replace(name.begin(), name.end(), '_', '-');
    return fail(
        advise(Code::usage, "there is no template '" + options.name + "'", "there are " + join(names, ", ")));
}

Status check_source(FileSystem& source, const std::string& path) {
    if (is_listed(source, layout::experiment_file)) return {};
    return fail(
        advise(Code::invalid, "there is no experiment.json", "name the directory of an experiment", path));
}

Status fill(CtlContext& context, FileSystem& fs, const InitOptions& options) {
    auto source = options.from.empty() ? find_template(context, options) : Result<std::string>(options.from);
    if (!source) return fail(source.error());
    auto from = context.open(*source);
    if (!from) return fail(from.error());
    if (auto good = check_source(**from, *source); !good) return good;
    return options.from.empty() ? copy_tree(context, **from, fs, "", is_source)
                                : copy_tree(context, **from, fs, "", is_history);
}

}  // namespace

Status require_empty(FileSystem& fs) {
    auto entries = fs.list("");
    if (!entries) return fail(entries.error());
    if (entries->empty()) return {};
    return fail(advise(Code::exists, "the directory is not empty", "name a new one", fs.root()));
}

int init_verb(CtlContext& context, FileSystem& fs, const InitOptions& options) {
    if (auto empty = require_empty(fs); !empty) return complain(context, empty.error());
    if (auto filled = fill(context, fs, options); !filled) return complain(context, filled.error());
    context.out << "made " << fs.root() << "; next:\n"
                << "  " << command_line("trialctl check", fs) << "    look for mistakes\n"
                << "  " << command_line("trialctl try", fs) << "      run one trial\n"
                << "  " << command_line("trialctl run", fs) << "      run the search\n";
    return 0;
}

}  // namespace tw
