using System.Globalization;
using System.Text;

namespace Ssl.Cli.Diagnosis;

/// <summary>Cores, memory, clock, and the Unicode data that texts are normalised with.</summary>
static class MachineChecks
{
    const long AllBytes = 4L << 30; // everything in one process shares libtorch and models
    const int NeededCores = 2;

    /// <summary>With <c>Tiny</c>; what deploy/kubernetes requests.</summary>
    static readonly Dictionary<ServiceRole, long> NeededBytes = new()
    {
        [ServiceRole.Ingest] = 256L << 20,
        [ServiceRole.Learner] = 2L << 30,
        [ServiceRole.Tune] = 2L << 30,
        [ServiceRole.Serve] = 1L << 30,
    };
    const string Synchronized = "/run/systemd/timesync/synchronized";
    static readonly TimeSpan Tolerance = TimeSpan.FromDays(1); // of a file's time, which may be of another time zone

    /// <summary>Only texts, and so tuning and serving, need Unicode data.</summary>
    public static IReadOnlyList<Finding> Look(ServiceRole role) =>
        (role & ServiceRole.Transcriber) == 0 ? [Cores(role), Memory(role), Clock()] : [Cores(role), Memory(role), Clock(), Unicode()];

    static Finding Cores(ServiceRole role)
    {
        var trains = (role & (ServiceRole.Learner | ServiceRole.Tune)) != 0;
        return !trains || Environment.ProcessorCount >= NeededCores
            ? Finding.Ok("cores", $"{Environment.ProcessorCount}")
            : Finding.Warning("cores", $"{Environment.ProcessorCount}: training is slow, and answers beside it wait",
                $"give it {NeededCores} or more");
    }

    /// <summary>Of the machine, or of the container's limit.</summary>
    static Finding Memory(ServiceRole role)
    {
        var bytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var needed = role == ServiceRole.All ? AllBytes : NeededBytes.Where(n => role.HasFlag(n.Key)).Sum(n => n.Value);
        return bytes >= needed * 9 / 10 // the kernel keeps some
            ? Finding.Ok("memory", Gib(bytes))
            : Finding.Warning("memory", $"{Gib(bytes)}; in one process {role.ToString().ToLowerInvariant()} needs {Gib(needed)}",
                "raise the container's limit, or run the services apart");
    }

    static string Gib(long bytes) => $"{bytes / (double)(1 << 30):0.0} GiB";

    /// <summary>Expiry of API certificates, order of versions and retention in Kafka depend on it.</summary>
    static Finding Clock()
    {
        var now = DateTime.UtcNow;
        var built = File.GetLastWriteTimeUtc(typeof(MachineChecks).Assembly.Location);
        if (now < built - Tolerance)
            return Finding.Fault("clock", $"it is {now:u} here, but this program was made {built:u}",
                "set the clock, and keep it with NTP (systemd-timesyncd, chrony)");
        var kept = File.Exists(Synchronized) ? ", kept by systemd-timesyncd" : "";
        return Finding.Ok("clock", $"{now:u}{kept}");
    }

    static Finding Unicode() => "e\u0301".Normalize(NormalizationForm.FormC) == "\u00e9" && CultureInfo.GetCultureInfo("tr").LCID != 127
        ? Finding.Ok("unicode", "ICU composes letters")
        : Finding.Fault("unicode", "texts are not normalised: ICU is missing or turned off", "install libicu (`make setup`), and "
            + "leave DOTNET_SYSTEM_GLOBALIZATION_INVARIANT unset");
}
