using RayOrleans.Core;

namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>The states of objects as bytes.</summary>
internal static class ReportWire
{
    private const byte IsHere = 1;
    private const byte HasValue = 2;
    private const byte HasFailure = 4;
    private const byte IsToBeReplicated = 8;
    private const byte IsKept = 16;
    private const byte AllFlags = 31;
    private const int MinBytes = 35;

    public static void Write(WireWriter w, IPayloadWire payloads, ObjectReport report)
    {
        RefWire.Write(w, payloads, report.Ref);
        w.Byte((byte)report.Status);
        w.Byte((byte)report.Level);
        Failure? failure = report.Value as Failure;
        bool hasValue = failure is null && (report.Value is not null || report.Status == ObjectStatus.Available);
        int replication = report.Replication switch
        {
            Replication.Wanted => IsToBeReplicated,
            Replication.Kept => IsKept,
            _ => 0,
        };
        w.Byte((byte)((report.IsHere ? IsHere : 0) | replication | (failure is not null ? HasFailure : hasValue ? HasValue : 0)));
        w.Int(report.Version);
        w.Int(report.Size);
        RefWire.WriteList(w, payloads, report.Contained);
        if (failure is not null)
        {
            FailureWire.Write(w, payloads, failure);
        }
        else if (hasValue)
        {
            PayloadFrames.WriteValue(w, payloads, report.Value);
        }
    }

    public static ObjectReport Read(ref WireReader r, IPayloadWire payloads)
    {
        RemoteRef reference = RefWire.Read(ref r, payloads);
        ObjectStatus status = r.Enum<ObjectStatus>();
        HoldLevel level = r.Enum<HoldLevel>();
        byte flags = r.Byte();
        if (flags > AllFlags || (flags & (HasValue | HasFailure)) == (HasValue | HasFailure) || (flags & (IsToBeReplicated | IsKept)) == (IsToBeReplicated | IsKept))
        {
            throw r.Corrupt("an unknown sort of report");
        }

        int version = r.Int();
        long size = r.Size((flags & HasValue) != 0);
        RemoteRef[] contained = RefWire.ReadList(ref r, payloads);
        object? value = (flags & HasFailure) != 0 ? FailureWire.Read(ref r, payloads)
            : (flags & HasValue) != 0 ? PayloadFrames.ReadValue(ref r, payloads)
            : null;
        return new ObjectReport(reference, status, version, size, value, contained, (flags & IsHere) != 0, level)
        {
            Replication = (flags & IsKept) != 0 ? Replication.Kept : (flags & IsToBeReplicated) != 0 ? Replication.Wanted : Replication.None,
        };
    }

    public static void WriteList(WireWriter w, IPayloadWire payloads, IReadOnlyList<ObjectReport> reports)
    {
        w.Count(reports.Count);
        for (int i = 0; i < reports.Count; i++)
        {
            Write(w, payloads, reports[i]);
        }
    }

    public static ObjectReport[] ReadList(ref WireReader r, IPayloadWire payloads)
    {
        int count = r.Count(MinBytes);
        ObjectReport[] result = count == 0 ? [] : new ObjectReport[count];
        for (int i = 0; i < count; i++)
        {
            result[i] = Read(ref r, payloads);
        }

        return result;
    }
}
