using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>
/// The node's steps for tasks and objects that cross nodes, read off the messages it sends and takes. Bounded; above a rate nothing more is
/// recorded until the next tenth of a second, so that the fast path pays a comparison.
/// </summary>
internal sealed class FlowLog(NodeId self)
{
    private const int Kept = 4096;
    private const int PerWindow = 100;
    private static readonly long Window = Clock.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly Queue<FlowEvent> _events = new();
    private long _windowEnd;
    private int _left;

    public IReadOnlyList<FlowEvent> Snapshot()
    {
        lock (_lock)
        {
            return [.. _events];
        }
    }

    /// <summary>Whether a step would be recorded now.</summary>
    public bool Wants => Volatile.Read(ref _left) > 0 || Clock.Now >= Volatile.Read(ref _windowEnd);

    public void Add(FlowStep step, TaskId task, string? name = null, ObjectId? id = null, NodeId peer = default, long bytes = 0)
    {
        long now = Clock.Now;
        lock (_lock)
        {
            if (now >= _windowEnd)
            {
                _windowEnd = now + Window;
                _left = PerWindow;
            }

            if (_left == 0)
            {
                return;
            }

            _left--;
            _events.Enqueue(new FlowEvent
            {
                At = Clock.ToTime(now),
                NodeId = self,
                Step = step,
                TaskId = task,
                Name = name ?? "",
                ObjectId = id,
                Peer = peer,
                Bytes = bytes,
            });
            if (_events.Count > Kept)
            {
                _events.Dequeue();
            }
        }
    }

    /// <summary>What a batch that leaves says of this node.</summary>
    public void Leaving(Batch batch)
    {
        if (!Wants)
        {
            return;
        }

        foreach (Message message in batch.Messages)
        {
            switch (message)
            {
                case SubscribeMessage { IsOn: true } subscribe:
                    Add(FlowStep.LookedUp, subscribe.Ref.Id.Task, id: subscribe.Ref.Id);
                    break;
                case ObjectMessage { Report: { IsHere: true } report }:
                    Add(FlowStep.Stored, report.Ref.Id.Task, id: report.Ref.Id, bytes: report.Size);
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>What a batch that came says of this node.</summary>
    public void Came(Batch batch)
    {
        if (!Wants)
        {
            return;
        }

        foreach (Message message in batch.Messages)
        {
            switch (message)
            {
                case ExecuteMessage execute:
                    Add(FlowStep.Received, execute.Spec.Id, execute.Spec.Name, peer: batch.From.Node);
                    break;
                case StateMessage { Locations: [var first, ..] } state:
                    Add(FlowStep.Located, state.Report.Ref.Id.Task, id: state.Report.Ref.Id, peer: first, bytes: state.Report.Size);
                    break;
                case CompletedMessage { Failure: null } completed:
                    Add(FlowStep.Completed, completed.Task, peer: batch.From.Node);
                    break;
                default:
                    break;
            }
        }
    }
}
