using System.Diagnostics;
using System.Globalization;
using RayOrleans.Runtime.Drivers;
using RayOrleans.Runtime.Processes;
using RayOrleans.Silo.Children;
using RayOrleans.Silo.CommandLine;

namespace RayOrleans.Silo.Jobs;

/// <summary>
/// Runs one submitted program on its node: a detached actor, named after the job. The program's process is a driver that is attached to this node
/// (<c>RAYORLEANS_ADDRESS</c>). What becomes of it is in the key-value table, its output in files of the node and here.
/// </summary>
internal sealed class JobSupervisor : IDisposable
{
    /// <summary>Set in the program's process: the id that it was submitted with.</summary>
    public const string IdVariable = "RAYORLEANS_SUBMITTED_JOB";

    private const int MostBytes = 256 << 10;
    private const int SignalBase = 128;

    /// <summary>A program that has ended may have left processes behind that keep its output open.</summary>
    private static readonly TimeSpan OutputPatience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan ReadPatience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly string _folder;
    private readonly OutputFile _output;
    private readonly OutputFile _errors;
    private readonly IRayKeyValue _table = Ray.Kv;
    private SubmittedJob _job;
    private Process? _watch;
    private bool _isStopped;
    private bool _isForgotten;
    private TaskCompletionSource _change = New();

    /// <summary>Unpacks the program.</summary>
    /// <param name="job">The job as JSON.</param>
    /// <param name="environment">Environment variables of the program, besides the node's own.</param>
    /// <param name="archive">The program (<see cref="ProgramPackage"/>).</param>
    public JobSupervisor(byte[] job, Dictionary<string, string> environment, ReadOnlyMemory<byte> archive)
    {
        _job = SubmittedJob.FromJson(job) with { Node = Ray.Context.NodeId.ToString() };
        _environment = environment;
        _folder = JobFolders.Make(_job.Id);
        ProgramPackage.Unpack(archive, ProgramFolder);
        _output = new OutputFile(Path.Combine(_folder, "output.log"));
        _errors = new OutputFile(Path.Combine(_folder, "errors.log"));
    }

    private string ProgramFolder => Path.Combine(_folder, "program");

    private string IdFile => Path.Combine(_folder, "program.pid");

    /// <summary>Starts the program.</summary>
    /// <returns>How it is, as JSON.</returns>
    public async Task<byte[]> StartAsync()
    {
        ProcessStartInfo info = Watcher();
        WorkerEnvironment.Set(info.Environment, _environment);
        info.Environment[RayOptions.AddressVariable] = string.Create(CultureInfo.InvariantCulture, $"local:{OwnPort()}");
        info.Environment[IdVariable] = _job.Id;
        Process watch = Process.Start(info)!;
        bool isStopped;
        SubmittedJob running;
        lock (_gate)
        {
            _watch = watch;
            isStopped = _isStopped;
            running = _job = _job with { State = SubmittedJobState.Running, StartedAt = DateTimeOffset.UtcNow };
        }

        // Before the program is told to start, so that its end is not written over.
        await SaveAsync(running).ConfigureAwait(false);
        _ = RunAsync(watch);
        await TellAsync(watch, isStopped).ConfigureAwait(false);
        return Snapshot();
    }

    /// <summary>The next part of the program's output: at once when there is one, else when there is one, when the program has ended, or after five seconds.</summary>
    /// <param name="output">How many bytes of its standard output are known.</param>
    /// <param name="errors">How many of its standard error.</param>
    public async Task<JobOutput> ReadAsync(long output, long errors)
    {
        Task change;
        SubmittedJob job;
        lock (_gate)
        {
            (change, job) = (_change.Task, _job);
        }

        JobOutput read = await ReadNowAsync(job, output, errors).ConfigureAwait(false);
        if (!read.IsEmpty || job.HasEnded)
        {
            return read;
        }

        await Task.WhenAny(change, Task.Delay(ReadPatience)).ConfigureAwait(false);
        lock (_gate)
        {
            job = _job;
        }

        return await ReadNowAsync(job, output, errors).ConfigureAwait(false);
    }

    /// <summary>Ends the program, if it has not ended: it is asked to, and killed if it does not within <see cref="ProgramWatch.Grace"/>. Returns when it has ended.</summary>
    /// <returns>How it is, as JSON.</returns>
    public async Task<byte[]> StopAsync()
    {
        while (true)
        {
            Task change;
            lock (_gate)
            {
                if (_job.HasEnded)
                {
                    return Snapshot();
                }

                if (!_isStopped)
                {
                    _isStopped = true;
                    _watch?.StandardInput.Close();
                }

                change = _change.Task;
            }

            await change.ConfigureAwait(false);
        }
    }

    /// <summary>The job is forgotten: ends the program, if it has not ended, and takes away its files when it has.</summary>
    public void Dispose()
    {
        bool isThere;
        lock (_gate)
        {
            _isForgotten = true;
            _isStopped = true;
            isThere = _watch is not null && !_job.HasEnded;
            if (isThere)
            {
                _watch!.StandardInput.Close();
            }
        }

        if (!isThere)
        {
            Clean();
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static int OwnPort() =>
        NodePlace.Find(null).FirstOrDefault(static p => p.ProcessId == Environment.ProcessId)?.Port
        ?? throw new InvalidOperationException("This node takes no drivers of its machine, so it runs no submitted programs.");

    /// <summary>This program again, as the one that watches.</summary>
    private static ProcessStartInfo Watcher() => new(DotnetHost.FileName, ["exec", typeof(ProgramWatch).Assembly.Location, RunProgramCommand.Name])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    private async Task TellAsync(Process watch, bool isStopped)
    {
        string path = Path.Combine(ProgramFolder, _job.Program);
        ProgramStart start = _job.Program.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
            ? new ProgramStart(DotnetHost.FileName, ["exec", path, .. _job.Arguments], ProgramFolder, IdFile)
            : new ProgramStart(path, _job.Arguments, ProgramFolder, IdFile);
        try
        {
            await watch.StandardInput.WriteLineAsync(System.Text.Json.JsonSerializer.Serialize(start, JobJson.Default.ProgramStart)).ConfigureAwait(false);
            await watch.StandardInput.FlushAsync().ConfigureAwait(false);
            if (isStopped)
            {
                watch.StandardInput.Close();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It has ended, or was stopped, meanwhile; what watches it says how.
        }
    }

    private async Task RunAsync(Process watch)
    {
        Task filled = Task.WhenAll(_output.FillAsync(watch.StandardOutput.BaseStream, Changed), _errors.FillAsync(watch.StandardError.BaseStream, Changed));
        await watch.WaitForExitAsync().ConfigureAwait(false);
        EndLeftOver();
        await Task.WhenAny(filled, Task.Delay(OutputPatience)).ConfigureAwait(false);
        SubmittedJob ended;
        lock (_gate)
        {
            ended = Ended(watch.ExitCode);
        }

        try
        {
            await SaveAsync(ended).ConfigureAwait(false);
        }
        finally
        {
            bool isForgotten;
            lock (_gate)
            {
                _job = ended;
                isForgotten = _isForgotten;
            }

            Changed();
            if (isForgotten)
            {
                Clean();
            }
        }
    }

    private SubmittedJob Ended(int code) => _job with
    {
        EndedAt = DateTimeOffset.UtcNow,
        ExitCode = code,
        State = _isStopped ? SubmittedJobState.Stopped : code == 0 ? SubmittedJobState.Succeeded : SubmittedJobState.Failed,
        Message = _isStopped ? "it was stopped" : code > SignalBase ? $"signal {code - SignalBase} ended it" : null,
    };

    /// <summary>The program goes with its watcher also when that was killed, which leaves the file with the program's id behind.</summary>
    private void EndLeftOver()
    {
        if (!File.Exists(IdFile) || !int.TryParse(File.ReadAllText(IdFile), CultureInfo.InvariantCulture, out int id))
        {
            return;
        }

        try
        {
            using Process program = Process.GetProcessById(id);
            program.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It has ended meanwhile.
        }
    }

    private async Task<JobOutput> ReadNowAsync(SubmittedJob job, long output, long errors) =>
        new(await _output.ReadAsync(output, MostBytes).ConfigureAwait(false), await _errors.ReadAsync(errors, MostBytes).ConfigureAwait(false), job.ToJson());

    private void Changed()
    {
        TaskCompletionSource change;
        lock (_gate)
        {
            (change, _change) = (_change, New());
        }

        change.SetResult();
    }

    private byte[] Snapshot()
    {
        lock (_gate)
        {
            return _job.ToJson();
        }
    }

    /// <summary>Says in the table how it is, unless it is not there any more: then the job was forgotten.</summary>
    private async Task SaveAsync(SubmittedJob job)
    {
        while (await _table.GetAsync(job.Key).ConfigureAwait(false) is { } entry
            && await _table.TryPutAsync(job.Key, job.ToJson(), entry.Version).ConfigureAwait(false) is null)
        {
            // Somebody took it for lost at the same time.
        }
    }

    private void Clean()
    {
        _output.Dispose();
        _errors.Dispose();
        _watch?.Dispose();
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // Something that the program has left behind still writes there. It goes with the folder of this process.
        }
    }
}
