using System.Runtime.InteropServices;

namespace Ssl.Shared.Speech.Torch;

/// <summary>
/// Runs long computations beside requests on a thread of their own with few cores and a low priority: libtorch's scopes, seeds and
/// thread counts belong to a thread. .NET's thread priorities have no effect on Linux; niceness is per thread there (setpriority(2),
/// "C library/kernel differences"), and threads that libtorch starts inherit it.
/// </summary>
public static partial class ComputeThread
{
    /// <summary>Ends as <paramref name="work"/> does: completed, cancelled or with its exception.</summary>
    /// <param name="torchThreads">Threads inside an operation.</param>
    /// <param name="niceness">0 to 19; 19 yields most.</param>
    public static Task RunAsync(string name, Action work, int torchThreads, int niceness)
    {
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(Run) { Name = name, IsBackground = true }.Start();
        return completion.Task;

        void Run()
        {
            try
            {
                _ = SetPriority(which: 0, who: 0, niceness); // if refused, the work runs at normal priority
                TorchRuntime.UseThreads(torchThreads);
                work();
                completion.SetResult();
            }
            catch (OperationCanceledException e)
            {
                completion.SetCanceled(e.CancellationToken);
            }
            catch (Exception e)
            {
                completion.SetException(e);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int niceness);
}
