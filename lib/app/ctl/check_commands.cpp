#include <fmt/format.h>

#include <algorithm>

#include "app/ctl/findings.hpp"
#include "base/text.hpp"
#include "trialdir/publish.hpp"

namespace tw {

namespace {

constexpr std::uint32_t any_execute = 0111;

class CommandCheck {
public:
    CommandCheck(CtlContext& context, FileSystem& fs, Findings& findings)
        : context_(context), fs_(fs), findings_(findings) {}

    void check(const Stage& stage, std::size_t index) {
        pointer_ = fmt::format("/stages/{}/command/0", index);
        const std::string& program = stage.command[0];
        if (program.starts_with("./"))
            check_script(program.substr(2));
        else if (program.find('{') == std::string::npos && !find_program(program))
            add(Finding::Level::warning, "the command '" + program + "' is not on this host",
                "is it there where the jobs run? a script of the experiment is written ./" + program);
    }

private:
    void add(Finding::Level level, std::string what, std::string hint) {
        findings_.push_back(
            {level, {Code::invalid, std::move(what), "experiment.json", pointer_, 0, std::move(hint)}});
    }

    bool is_executable(const std::string& directory, const std::string& name) {
        auto fs = context_.open(directory);
        auto stat = fs ? (*fs)->stat(name) : Result<FileStat>(fail(fs.error()));
        if (!stat) return false;
        return stat->kind == FileKind::symlink ||
               (stat->kind == FileKind::file && (stat->mode & any_execute));
    }

    bool find_program(const std::string& program) {
        if (program.starts_with('/'))
            return is_executable(parent_of(program).empty() ? "/" : parent_of(program), name_of(program));
        if (program.find('/') != std::string::npos) return true;  // relative to the trial: not there yet
        for (auto& directory : split(variable(context_, "PATH"), ':'))
            if (directory.starts_with('/') && is_executable(directory, program)) return true;
        return false;
    }

    void check_script(const std::string& path) {
        auto stat = fs_.stat(path);
        if (!stat) return missing(path);
        if (stat->kind == FileKind::symlink)
            return add(Finding::Level::error, "./" + path + " is a symbolic link, which is not followed",
                       "copy the script here");
        if (stat->kind != FileKind::file) return add(Finding::Level::error, "./" + path + " is no file", "");
        if (!(stat->mode & any_execute))
            add(Finding::Level::error, "./" + path + " is not executable", "chmod +x " + shell_quote(path));
        check_first_line(path);
    }

    void missing(const std::string& path) {
        std::vector<std::string> names;
        std::string directory = parent_of(path);
        if (auto entries = fs_.list(directory))
            for (auto& entry : *entries)
                if (entry.kind == FileKind::file)
                    names.push_back((directory.empty() ? "" : directory + "/") + entry.name);
        std::string near = did_you_mean(path, names);
        add(Finding::Level::error, "there is no ./" + path,
            near.empty() ? "write it, or change the command" : "did you mean './" + near + "'?");
    }

    void check_first_line(const std::string& path) {
        auto head = fs_.read(path, 0, 4096);
        if (!head || head->starts_with("\x7f"
                                       "ELF"))
            return;
        std::string line = head->substr(0, head->find('\n'));
        if (!line.starts_with("#!"))
            return add(Finding::Level::warning, "./" + path + " does not say which program reads it",
                       "begin it with a line such as #!/bin/sh");
        if (line.ends_with('\r'))
            return add(Finding::Level::error,
                       "./" + path + " has Windows line ends, so its interpreter is not found",
                       "sed -i 's/\\r$//' " + shell_quote(path));
        std::string interpreter = split(std::string(trim(line.substr(2))), ' ')[0];
        if (interpreter.starts_with('/') && !find_program(interpreter))
            add(Finding::Level::warning,
                "the interpreter " + interpreter + " of ./" + path + " is not on this host",
                "#!/usr/bin/env " + name_of(interpreter) + " looks in PATH");
    }

    CtlContext& context_;
    FileSystem& fs_;
    Findings& findings_;
    std::string pointer_;
};

}  // namespace

void check_commands(CtlContext& context, FileSystem& fs, const Experiment& experiment, Findings& findings) {
    CommandCheck check(context, fs, findings);
    for (std::size_t i = 0; i < experiment.stages.size(); ++i) check.check(experiment.stages[i], i);
}

}  // namespace tw
