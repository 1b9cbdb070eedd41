using System.Runtime.InteropServices;

namespace Ssl.Shared.Speech.Torch;

/// <summary>
/// A thread for long computations beside requests: few cores, and a lower priority than theirs. The tensor library's scopes, seeds and thread counts
/// belong to a thread, and the pool's threads are for others. .NET's thread priorities do nothing on Linux; niceness is a thread's own there
/// (setpriority(2), "C library/kernel differences"), and what libtorch starts from it inherits it.
/// </summary>
public static partial class ComputeThread
{
    const int ThisThread = 0;

    /// <summary>Completes with what <paramref name="work"/> does: its end, its cancellation, its exception.</summary>
    /// <param name="torchThreads">Threads inside an operation.</param>
    /// <param name="niceness">0 to 19; 19 yields most.</param>
    public static Task RunAsync(string name, Action work, int torchThreads, int niceness)
    {
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                _ = SetPriority(which: 0, ThisThread, niceness); // refused: it competes on equal terms, which is no reason to stop
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
        })
        { Name = name, IsBackground = true };
        thread.Start();
        return completion.Task;
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int niceness);
}
