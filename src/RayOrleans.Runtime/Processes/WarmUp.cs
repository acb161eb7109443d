using System.Diagnostics;
using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Processes.Wire;

namespace RayOrleans.Runtime.Processes;

/// <summary>Runs tasks of its own in a process that waits for work, so that what is compiled and loaded on the way of the first real one is there already.</summary>
internal static class WarmUp
{
    private const int Rounds = 40;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static void Run(NodeServices services, SessionCodec codec)
    {
        JobId job = new(1);
        services.Pool.DriverRay = new DriverRay(static () => ValueTask.CompletedTask, services, new JobRecord(job, default), "warm-up");
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Rounds && Stopwatch.GetElapsedTime(start) < Patience; i++)
        {
            RunOne(services, codec, job, (ulong)i + 1);
        }
    }

    private static void RunOne(NodeServices services, SessionCodec codec, JobId job, ulong number)
    {
        TaskId id = new(number, 1);
        ObjectId argument = new(new TaskId(number, 2), ObjectId.PutIndex);
        byte[] bytes = [0, .. services.Calls.Encode(new ValueInvocation<int>(static () => 0), 0, Code.ContentHash.None)];
        TaskSpec spec = new()
        {
            Id = id,
            Kind = Core.TaskKind.Normal,
            Job = job,
            Driver = default,
            Parent = default,
            Options = TaskOptions.Default,
            Payload = new Cluster.Nodes.WireCall(bytes),
            Name = "warm-up",
        };
        SessionValue input = new(new RemoteRef(argument, default, job, default), HasValue: true, 1, 4, [], null);
        RunMessage run = new(spec, 0, 0, [input], null);
        Deliver(services, codec, [run]);
        long start = Stopwatch.GetTimestamp();
        List<SessionMessage> answers = [];
        while (!answers.OfType<AttemptEndedMessage>().Any() && Stopwatch.GetElapsedTime(start) < Patience)
        {
            Thread.Yield();
            answers.AddRange(services.Gate.Do(static engine => engine.TakeNodeMessages()));
        }

        WireWriter w = WireWriter.Borrow();
        if (answers.Count > 0)
        {
            codec.Write(w, answers, 0, int.MaxValue);
        }

        WireWriter.Return(w);
    }

    /// <summary>As from the wire.</summary>
    private static void Deliver(NodeServices services, SessionCodec codec, List<SessionMessage> messages)
    {
        WireWriter w = WireWriter.Borrow();
        codec.Write(w, messages, 0, int.MaxValue);
        List<SessionMessage> read = codec.Read(w.ToArray());
        WireWriter.Return(w);
        services.Gate.Do(engine =>
        {
            foreach (SessionMessage message in read)
            {
                engine.OnNodeMessage(message);
            }
        });
    }
}
