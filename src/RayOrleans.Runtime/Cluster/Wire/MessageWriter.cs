using RayOrleans.Core;

namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>Messages to bytes.</summary>
internal static class MessageWriter
{
    public static void Write(WireWriter w, IPayloadWire payloads, Message message)
    {
        switch (message)
        {
            case ExecuteMessage m:
                Tag(w, MessageTag.Execute);
                SpecWire.Write(w, payloads, m.Spec);
                w.Int(m.Attempt);
                w.Int(m.Hops);
                w.Int(m.Incarnation);
                SpecWire.WriteInputs(w, payloads, m.Spec, m.Inputs);
                SpecWire.WriteIndices(w, m.Kept);
                if (m.Spec.IsStream)
                {
                    w.Int(m.Produced);
                    w.Int(m.Until);
                }

                break;
            case CompletedMessage m:
                Tag(w, MessageTag.Completed);
                WriteCompleted(w, payloads, m);
                break;
            case StreamItemMessage m:
                WriteTask(w, MessageTag.StreamItem, m.Task, m.Attempt);
                w.Int(m.Index);
                w.Int(m.Transit);
                SpecWire.WriteResults(w, payloads, [m.Item]);
                break;
            case PublishMessage m:
                WriteCounts(w, MessageTag.Publish, MessageTag.PublishCounted, m.Uncharged, m.IsEvicted);
                WriteRecord(w, payloads, m.Task, m.Spec, m.Epoch, m.FirstAttempt, m.Objects, m.Actor);
                break;
            case AdoptMessage m:
                WriteCounts(w, MessageTag.Adopt, MessageTag.AdoptCounted, m.Uncharged, m.IsEvicted);
                WriteRecord(w, payloads, m.Task, m.Spec, m.Epoch, m.FirstAttempt, m.Objects, m.Actor);
                break;
            case ObjectMessage m:
                Tag(w, MessageTag.Object);
                ReportWire.Write(w, payloads, m.Report);
                break;
            case StateMessage m:
                Tag(w, MessageTag.State);
                ReportWire.Write(w, payloads, m.Report);
                ShapeWire.WriteNodes(w, m.Locations);
                w.Node(m.Owner);
                ActorWire.WriteReport(w, payloads, m.Actor);
                break;
            case KeepMessage m:
                Tag(w, MessageTag.Keep);
                ReportWire.Write(w, payloads, m.Report);
                ShapeWire.WriteNodes(w, m.Locations);
                w.Node(m.Owner);
                break;
            case ActorMessage m:
                Tag(w, MessageTag.Actor);
                w.Task(m.Task);
                ActorWire.WriteReport(w, payloads, m.Report);
                break;
            default:
                WriteSmall(w, payloads, message);
                break;
        }
    }

    private static void WriteSmall(WireWriter w, IPayloadWire payloads, Message message)
    {
        switch (message)
        {
            case HoldMessage m:
                Tag(w, MessageTag.Hold);
                RefWire.Write(w, payloads, m.Ref);
                w.Byte((byte)m.Level);
                break;
            case SubscribeMessage m:
                Tag(w, MessageTag.Subscribe);
                RefWire.Write(w, payloads, m.Ref);
                w.Flag(m.IsOn);
                break;
            case FindMessage m:
                Tag(w, MessageTag.Find);
                RefWire.Write(w, payloads, m.Ref);
                break;
            case WishMessage m:
                Tag(w, MessageTag.Wish);
                RefWire.Write(w, payloads, m.Ref);
                w.Byte((byte)m.Wish);
                w.Flag(m.Flag);
                break;
            case OrphanMessage m:
                Tag(w, MessageTag.Orphan);
                RefWire.Write(w, payloads, m.Ref);
                w.Node(m.Host);
                w.Int(m.Incarnation);
                break;
            case UnlocatedMessage m:
                Tag(w, MessageTag.Unlocated);
                w.Object(m.Id);
                w.Int(m.Version);
                break;
            case DiscardMessage m:
                Tag(w, MessageTag.Discard);
                w.Object(m.Id);
                w.Int(m.Version);
                break;
            case DeleteMessage m:
                Tag(w, MessageTag.Delete);
                w.Object(m.Id);
                break;
            case RebuildMessage m:
                Tag(w, MessageTag.Rebuild);
                w.Object(m.Id);
                w.Int(m.Version);
                break;
            case ForgetMessage m:
                Tag(w, MessageTag.Forget);
                w.Task(m.Task);
                break;
            case DisownMessage m:
                WriteTask(w, MessageTag.Disown, m.Task, m.Epoch);
                break;
            case RepublishedMessage:
                Tag(w, MessageTag.Republished);
                break;
            case DeathMessage m:
                Tag(w, MessageTag.Death);
                w.Node(m.Node);
                break;
            case RefusedMessage m:
                WriteTask(w, MessageTag.Refused, m.Task, m.Attempt);
                w.Flag(m.IsMoved);
                break;
            case CancelMessage m:
                WriteTask(w, MessageTag.Cancel, m.Task, m.Attempt);
                w.Flag(m.Recursive);
                w.Flag(m.IsForced);
                break;
            case StreamRoomMessage m:
                WriteTask(w, MessageTag.StreamRoom, m.Task, m.Attempt);
                w.Int(m.Until);
                break;
            case WantedMessage m:
                WriteTask(w, MessageTag.Wanted, m.Task, m.Attempt);
                break;
            case TransitDoneMessage m:
                Tag(w, MessageTag.TransitDone);
                w.Int(m.Transit);
                break;
            case JobEndedMessage m:
                Tag(w, MessageTag.JobEnded);
                w.Job(m.Job);
                w.Text(m.Why);
                break;
            default:
                WriteActorOrJob(w, message);
                break;
        }
    }

    private static void WriteActorOrJob(WireWriter w, Message message)
    {
        switch (message)
        {
            case StopActorMessage m:
                WriteTask(w, MessageTag.StopActor, m.Actor.Creation, m.Incarnation);
                w.Flag(m.Dispose);
                w.Flag(m.IsFinal);
                w.Text(m.Why);
                break;
            case ActorEndedMessage m:
                WriteTask(w, MessageTag.ActorEnded, m.Actor.Creation, m.Incarnation);
                w.Byte((byte)m.Blame);
                w.Text(m.Why);
                break;
            case ActorManagerMessage m:
                WriteTask(w, MessageTag.ActorManager, m.Actor.Creation, m.Incarnation);
                break;
            case JobMessage m:
                Tag(w, MessageTag.Job);
                JobWire.Write(w, m.Report);
                break;
            case JobStateMessage m:
                Tag(w, MessageTag.JobState);
                JobWire.Write(w, m.Report);
                break;
            default:
                throw new ArgumentException($"A {message.GetType().Name} has no form on the wire.", nameof(message));
        }
    }

    private static void WriteCompleted(WireWriter w, IPayloadWire payloads, CompletedMessage m)
    {
        w.Task(m.Task);
        w.Int(m.Attempt);
        w.Byte((byte)((m.Failure is not null ? CompletedFlags.HasFailure : 0) | (m.IsRetriable ? CompletedFlags.IsRetriable : 0)
            | (m.IsSystemFailure ? CompletedFlags.IsSystemFailure : 0) | ((byte)m.Blame << CompletedFlags.BlameShift)));
        w.Int(m.Transit);
        SpecWire.WriteResults(w, payloads, m.Results);
        SpecWire.WriteIndices(w, [.. m.Nested.Select(n => n.Index)]);
        SpecWire.WriteResults(w, payloads, [.. m.Nested.Select(n => n.Result)]);
        if (m.Failure is { } failure)
        {
            FailureWire.Write(w, payloads, failure);
        }
    }

    /// <summary>Nearly all have nothing to say there, and are what they were before there was anything.</summary>
    private static void WriteCounts(WireWriter w, MessageTag plain, MessageTag counted, int uncharged, bool isEvicted)
    {
        if (uncharged == 0 && !isEvicted)
        {
            Tag(w, plain);
            return;
        }

        Tag(w, counted);
        w.Int(uncharged);
        w.Flag(isEvicted);
    }

    private static void WriteRecord(
        WireWriter w, IPayloadWire payloads, TaskId task, TaskSpec? spec, int epoch, int firstAttempt, IReadOnlyList<ObjectReport> objects, ActorReport? actor)
    {
        w.Task(task);
        w.Int(epoch);
        w.Int(firstAttempt);
        w.Flag(spec is not null);
        if (spec is not null)
        {
            SpecWire.Write(w, payloads, spec);
        }

        ReportWire.WriteList(w, payloads, objects);
        ActorWire.WriteReport(w, payloads, actor);
    }

    private static void WriteTask(WireWriter w, MessageTag tag, TaskId task, int number)
    {
        Tag(w, tag);
        w.Task(task);
        w.Int(number);
    }

    private static void Tag(WireWriter w, MessageTag tag) => w.Byte((byte)tag);
}
