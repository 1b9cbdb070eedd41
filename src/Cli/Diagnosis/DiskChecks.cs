using Ssl.Learner;
using Ssl.Shared.Foundation.Registry;
using Ssl.Shared.Foundation.Settings;

namespace Ssl.Cli.Diagnosis;

/// <summary>Whether this user may write where data is kept, and whether it fits.</summary>
static class DiskChecks
{
    const long Spare = 2L << 30; // for versions and checkpoints

    public static IReadOnlyList<Finding> Look(IConfiguration configuration, ServiceRole role)
    {
        var learner = ValidatedOptions.Read<LearnerOptions>(configuration, LearnerOptions.Section, LearnerOptions.Moved);
        var registry = ValidatedOptions.Read<RegistryOptions>(configuration, RegistryOptions.Section);
        var versions = registry.IsInBucket() ? registry.CachePath : registry.Path;
        List<string> places = [versions];
        if (role.HasFlag(ServiceRole.Learner))
            places.Add(learner.DataPath);
        if (role.HasFlag(ServiceRole.Tune))
            places.Add(configuration["Transcriber:DataPath"]!);
        var writable = places.Distinct().SelectMany(Writable);
        return role.HasFlag(ServiceRole.Learner) ? [.. writable, Room(learner)] : [.. writable];
    }

    static IEnumerable<Finding> Writable(string path)
    {
        var name = $"folder {path}";
        var there = Nearest(path);
        var problem = "";
        try
        {
            var probe = Path.Combine(there, $".ssl-doctor-{Guid.NewGuid():N}");
            File.WriteAllBytes(probe, [1]);
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = e.Message;
        }
        yield return problem.Length > 0
            ? Finding.Fault(name, problem, $"let {Environment.UserName} write to {there}, or name another folder with --data")
            : Finding.Ok(name, there == Path.GetFullPath(path) ? "can be written" : "will be made");
    }

    /// <summary>The replay store grows up to its capacity.</summary>
    static Finding Room(LearnerOptions learner)
    {
        var replay = new DirectoryInfo(learner.ReplayPath);
        var stored = replay.Exists ? replay.EnumerateFiles("*", SearchOption.AllDirectories).Sum(Length) : 0;
        var free = new DriveInfo(Nearest(learner.DataPath)).AvailableFreeSpace;
        var needed = Math.Max(0, learner.Replay.CapacityBytes - stored) + Spare;
        var text = $"{Gib(free)} free; the replay store may still grow by {Gib(needed - Spare)}";
        return free >= needed ? Finding.Ok("disk", text)
            : Finding.Warning("disk", text, "a larger disk, or a lower Learner:Replay:CapacityBytes");
    }

    /// <summary>0: a running Learner has removed it meanwhile.</summary>
    static long Length(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }

    static string Gib(long bytes) => $"{bytes / (double)(1 << 30):0.0} GiB";

    /// <summary>The folder itself, or the nearest above it that is there.</summary>
    static string Nearest(string path)
    {
        var folder = Path.GetFullPath(path);
        while (!Directory.Exists(folder))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
