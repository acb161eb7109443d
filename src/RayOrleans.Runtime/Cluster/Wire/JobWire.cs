using RayOrleans.Core;

namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>What is known of jobs, and the question for all of a shard, as bytes.</summary>
internal static class JobWire
{
    private const int MinBytes = 16;
    private const int PageBytes = 96 * 1024;

    public static void Write(WireWriter w, JobReport report)
    {
        w.Job(report.Job);
        w.Node(report.Driver);
        w.Byte((byte)report.Status);
        w.Text(report.Namespace);
        w.Text(report.Name);
        w.Text(report.Program);
        w.Int(report.StartedAt);
        w.Int(report.EndedAt);
        w.Text(report.Reason);
    }

    public static JobReport Read(ref WireReader r) => new(r.Job(), r.Node(), r.Enum<JobStatus>())
    {
        Namespace = r.RequiredText(),
        Name = r.RequiredText(),
        Program = r.RequiredText(),
        StartedAt = r.Long(),
        EndedAt = r.Long(),
        Reason = r.Text(),
    };

    /// <summary>Asks for the jobs that come after one; null: from the first.</summary>
    public static byte[] EncodeRequest(JobReport? after)
    {
        WireWriter w = WireForm.Request(RequestKind.Jobs);
        w.Int(after?.StartedAt ?? long.MinValue);
        w.Job(after?.Job ?? JobId.None);
        return WireForm.Finish(w);
    }

    /// <summary>A page of what is asked for; an empty one is the end.</summary>
    public static byte[] Answer(ReadOnlyMemory<byte> request, IReadOnlyList<JobReport> jobs)
    {
        WireReader r = WireForm.ReadRequest(request);
        (long StartedAt, ulong Job) after = (r.Long(), r.Job().Value);
        r.Finish();
        List<JobReport> page = [];
        int bytes = 0;
        foreach (JobReport job in jobs)
        {
            if ((job.StartedAt, job.Job.Value).CompareTo(after) > 0 && bytes < PageBytes)
            {
                page.Add(job);
                bytes += job.Bytes;
            }
        }

        WireWriter w = WireForm.Answer();
        w.Count(page.Count);
        foreach (JobReport job in page)
        {
            Write(w, job);
        }

        return WireForm.Finish(w);
    }

    public static List<JobReport> DecodeAnswer(ReadOnlyMemory<byte> answer)
    {
        WireReader r = WireForm.ReadAnswer(answer);
        List<JobReport> jobs = [];
        for (int count = r.Count(MinBytes); count > 0; count--)
        {
            jobs.Add(Read(ref r));
        }

        r.Finish();
        return jobs;
    }
}
