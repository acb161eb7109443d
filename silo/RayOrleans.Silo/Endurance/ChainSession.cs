using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using RayOrleans.Silo.Children;

namespace RayOrleans.Silo.Endurance;

/// <summary>
/// A chain x = f(x) of which the last reference alone is held, so every task of it may have to be run again for it: what is kept of them must stay within the bound of lineage, and it is said
/// when there is more than that.
/// </summary>
internal sealed class ChainSession : IAsyncDisposable
{
    /// <summary>How many tasks may be on the way.</summary>
    private const int InFlight = 5_000;

    private readonly ChainSettings _settings;
    private readonly TextWriter _output;
    private readonly ConcurrentQueue<string> _warnings = new();
    private readonly Stopwatch _time = new();
    private ChildSilo? _silo;
    private JoinedDriver? _driver;
    private long _made;
    private long _most;

    private ChainSession(ChainSettings settings, TextWriter output)
    {
        _settings = settings;
        _output = output;
    }

    /// <summary>Runs and prints it.</summary>
    /// <returns>0 when the bound held, and more than that was said; else 1.</returns>
    public static async Task<int> RunAsync(ChainSettings settings, TextWriter output, CancellationToken cancellationToken)
    {
        await using ChainSession session = new(settings, output);
        return await session.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_driver is not null)
            {
                await _driver.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            if (_silo is not null)
            {
                await _silo.LeaveAsync().ConfigureAwait(false);
                _silo.Dispose();
            }
        }
    }

    /// <summary>The task.</summary>
    public static long Next(long before) => before + 1;

    private async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        // Lineage is kept where there is another node, with which results can be lost.
        _silo = await ChildSilo.StartAsync("--cpus", "1", "--object-store-memory", "64000000").ConfigureAwait(false);
        _driver = await JoinedDriver.StartAsync(
            "endurance", new RayOptions { Address = _silo.Address, CpusPerNode = 2, ObjectStoreBytes = 64_000_000, MaxLineageBytes = _settings.LineageBytes }).ConfigureAwait(false);
        _driver.Services.Events.Warned += _warnings.Enqueue;
        _time.Start();
        Task<string?> work = Task.Factory.StartNew(() => Work(cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        while (!work.IsCompleted)
        {
            await Task.WhenAny(work, Task.Delay(_settings.Look, CancellationToken.None)).ConfigureAwait(false);
            await LookAsync().ConfigureAwait(false);
        }

        string? wrong = await work.ConfigureAwait(false);
        string? said = _warnings.FirstOrDefault(static w => w.StartsWith("Lineage evicted", StringComparison.Ordinal));
        string verdict = wrong is not null ? $"WRONG: {wrong}"
            : _most > _settings.LineageBytes ? "NOT within the bound"
            : said is null ? "all of it is kept" : $"the rest was given up, and it was said: {said}";
        await _output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"a chain of {_made:N0} tasks in {_time.Elapsed.TotalSeconds:0} s: at most {_most:N0} of {_settings.LineageBytes:N0} bytes of lineage, {verdict}")).ConfigureAwait(false);
        return wrong is null && _most <= _settings.LineageBytes ? 0 : 1;
    }

    /// <summary>What is wrong; null: nothing. The last reference is held until it has looked.</summary>
    private string? Work(CancellationToken cancellationToken)
    {
        IRay ray = _driver!.Ray;
        RemoteOptions here = ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(ray.Context.NodeId));
        ObjectRef<long> last = ray.Put(0L);
        try
        {
            for (long i = 1; i <= _settings.Tasks && !cancellationToken.IsCancellationRequested; i++)
            {
                ObjectRef<long> next = here.Remote(Next, last);
                last.Dispose();
                last = next;
                Interlocked.Increment(ref _made);
                if (i % InFlight == 0)
                {
                    ray.Get(last);
                }
            }

            long value = ray.Get(last);
            LookAsync().GetAwaiter().GetResult();
            return value == _made ? null : $"the chain gave {value} instead of {_made}";
        }
        catch (RayException e)
        {
            return e.Message;
        }
        finally
        {
            last.Dispose();
        }
    }

    private async Task LookAsync()
    {
        StateList<JobInfo> jobs = await _driver!.Ray.State.JobsAsync().ConfigureAwait(false);
        long bytes = jobs.Sum(static j => j.LineageBytes);
        lock (_output)
        {
            _most = Math.Max(_most, bytes);
            _output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{_time.Elapsed.TotalSeconds,7:0.0} s  {Interlocked.Read(ref _made),12:N0} tasks  {bytes,14:N0} bytes of lineage  silo {ProcessMemory.BytesOf(_silo!.ProcessId) / 1e6,6:0} MB  driver {ProcessMemory.BytesOf(Environment.ProcessId) / 1e6,6:0} MB"));
        }
    }
}
