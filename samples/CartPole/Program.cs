using System.Diagnostics;
using System.Globalization;
using CartPole.Options;
using CartPole.Report;
using CartPole.Training;
using CartPole.Workers;

TrainingOptions options;
try
{
    options = OptionParser.Parse(args);
    Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.PicturePath))!);
}
catch (Exception error) when (error is FormatException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}

if (options.Help)
{
    Console.WriteLine(OptionParser.Usage);
    return 0;
}

Stopwatch watch = Stopwatch.StartNew();
IRay started;
try
{
    started = await Ray.InitAsync(o =>
    {
        o.Nodes = options.Nodes;
        o.CpusPerNode = Math.Max(1, Environment.ProcessorCount / options.Nodes);
    });
}
catch (NotSupportedException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}

await using IRay ray = started;

IRolloutPool pool = options.UseTasks ? new TaskPool() : new SimulatorPool(options.Simulators);
ProgressDisplay display = new(Console.Out, isTerminal: !Console.IsOutputRedirected);
Trainer trainer = new(options, pool, display.Show);
List<TrainingResult> results = [];
foreach (int seed in options.Seeds)
{
    TrainingResult result = await trainer.RunAsync(seed);
    results.Add(result);
    display.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"seed {seed}: mean return {result.TestReturn:F1} over {result.TestEpisodes} episodes"));
}

Console.WriteLine(await pool.DescribeAsync());
Console.WriteLine($"learning curves: {LearningCurvePicture.Save(options.PicturePath, results)}");
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"time: {watch.Elapsed.TotalSeconds:F1} s"));
return results.All(r => r.TestReturn >= LearningCurvePicture.SolvedReturn) ? 0 : 1;
