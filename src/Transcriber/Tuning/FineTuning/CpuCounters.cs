using System.Globalization;

namespace Ssl.Transcriber.Tuning.FineTuning;

/// <summary>CPU time as Linux counts it (proc(5), cgroups(7)); only differences mean something.</summary>
/// <param name="Process">Of all threads of this process.</param>
/// <param name="Machine">Of everything on the machine, and what a hypervisor took.</param>
/// <param name="Throttled">In which this container, or unit, was stopped because its CPU limit was used up; zero without a limit.</param>
readonly record struct CpuCounters(TimeSpan Process, TimeSpan Machine, TimeSpan Throttled)
{
    const double TicksPerSecond = 100; // USER_HZ of every architecture that .NET runs on
    const string ControlGroups = "/sys/fs/cgroup";

    static readonly string? LimitFile = OperatingSystem.IsLinux() ? FindLimitFile() : null;

    /// <returns>Null: the system does not tell.</returns>
    public static CpuCounters? Read()
    {
        try
        {
            return OperatingSystem.IsLinux()
                ? new CpuCounters(Environment.CpuUsage.TotalTime, MachineTime(File.ReadLines("/proc/stat").First()),
                    LimitFile is null ? TimeSpan.Zero : ThrottledTime(File.ReadAllText(LimitFile)) ?? TimeSpan.Zero)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <param name="line">The first of <c>/proc/stat</c>: cpu, user, nice, system, idle, iowait, irq, softirq, steal, guest...</param>
    internal static TimeSpan MachineTime(string line)
    {
        var ticks = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8)
            .Select(n => long.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        if (ticks.Length < 5)
            throw new FormatException($"/proc/stat begins with '{line}'");
        return TimeSpan.FromSeconds((ticks.Sum() - ticks[3] - ticks[4]) / TicksPerSecond);
    }

    /// <param name="stat">Content of <c>cpu.stat</c>, of either version of control groups.</param>
    /// <returns>Null: it says nothing of a limit.</returns>
    internal static TimeSpan? ThrottledTime(string stat)
    {
        foreach (var line in stat.Split('\n'))
        {
            if (line.Split(' ') is [var name and ("throttled_usec" or "throttled_time"), var value])
                return TimeSpan.FromMicroseconds(double.Parse(value, CultureInfo.InvariantCulture) / (name == "throttled_usec" ? 1 : 1000));
        }
        return null;
    }

    /// <summary>Of the group of this process; in a container its own group often is the root of what it sees.</summary>
    static string? FindLimitFile()
    {
        try
        {
            var groups = File.ReadLines("/proc/self/cgroup").Select(line => line.Split(':', 3)).Where(group => group.Length == 3).ToArray();
            return groups.Where(g => g[1].Split(',').Contains("cpu")).Concat(groups.Where(g => g[1].Length == 0)) // version 1, then 2
                .SelectMany(g => new[] { g[2], "" }.Select(path => $"{ControlGroups}/{g[1]}/{path}/cpu.stat"))
                .FirstOrDefault(file => File.Exists(file) && ThrottledTime(File.ReadAllText(file)) is not null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }
}
