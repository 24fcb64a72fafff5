#include "support/real_ports.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>

#include <boost/filesystem.hpp>
#include <iostream>

#include "posix/clock.hpp"
#include "posix/commands.hpp"
#include "posix/filesystem.hpp"
#include "posix/processes.hpp"

namespace tw {

namespace {

class SpdLog final : public Log {
public:
    SpdLog(const std::string& program, bool quiet)
        : log_(program, std::make_shared<spdlog::sinks::stderr_color_sink_st>()) {
        log_.set_pattern("%Y-%m-%d %H:%M:%S %n: %^%v%$");
        log_.set_level(quiet ? spdlog::level::warn : spdlog::level::info);
        log_.flush_on(spdlog::level::info);
    }

    void write(Level level, const std::string& line) override {
        switch (level) {
            case Level::info: return log_.info(line);
            case Level::warn: return log_.warn(line);
            case Level::error: return log_.error(line);
        }
    }

private:
    spdlog::logger log_;
};

class Opened final : public RealPorts {
public:
    Opened(std::unique_ptr<FileSystem> fs, const std::string& program, bool quiet)
        : fs_(std::move(fs)), waker_(fs_->root()), log_(program, quiet) {}

    Ports ports() override { return {*fs_, clock_, waker_, processes_, log_}; }
    Commands& commands() override { return commands_; }

private:
    std::unique_ptr<FileSystem> fs_;
    SystemClock clock_;
    PosixWaker waker_;
    PosixProcesses processes_;
    PosixCommands commands_;
    SpdLog log_;
};

}  // namespace

Result<std::unique_ptr<RealPorts>> RealPorts::open(const std::string& directory, const std::string& program,
                                                   bool quiet) {
    auto fs = open_directory(directory);
    if (!fs) return fail(fs.error());
    return std::unique_ptr<RealPorts>(new Opened(std::move(*fs), program, quiet));
}

Result<std::unique_ptr<FileSystem>> open_directory(const std::string& directory) {
    auto fs = PosixFileSystem::open(directory);
    if (fs) return std::move(*fs);
    Error error = fs.error();
    if (error.code == Code::not_found)
        error = {Code::usage, "there is no such directory", directory, {}, 0, {}};
    return fail(error);
}

int report(const std::string& program, const std::vector<Error>& errors) {
    for (auto& error : errors) std::cerr << program << ": " << error.text() << "\n";
    return errors.empty() ? 1 : exit_status(errors.front());
}

std::string sibling_program(const std::string& name) {
    boost::system::error_code ignored;
    auto self = boost::filesystem::read_symlink("/proc/self/exe", ignored);
    return (self.parent_path() / name).string();
}

}  // namespace tw
