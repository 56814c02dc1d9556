"""The code behind the book *Which Instrument Is This?*, a module for each stage of the pipeline.

    sound        notes taken apart, built, and in a row           (chapters sound and cnn)
    audio        samples: any sound file as mono at 22 050 Hz     (chapters sound and dataset)
    containers   what a sound file is, and how long               (chapter dataset)
    dataset      clips: a table with a row for every recording    (chapter dataset)
    tables       tables as people write them                      (chapter dataset)
    download     archives from the web                            (chapter dataset)
    chunks       2 s pieces of clips                              (chapter dataset)
    splits       training, validation and test parts              (chapter dataset)
    features     MFCC images of 275 x 13                          (chapter mfcc)
    cnn          the network: built, trained, saved               (chapter cnn)
    classify     the instrument of any recording                  (chapter cnn)
    metrics      scores, confusion matrices, votes by clip        (chapter scores)
    models       trained networks that come with the book         (chapter scores)
    uncertainty  spread, differences in pairs, intervals          (chapters scores and leakage)
    leakage      what training knows of the test part             (chapter leakage)
    listener     a small network that listens, and its recipe     (chapter leakage)
    cutmix       mixtures of two images and their labels          (chapter cutmix)
    inversion    images turned back into sound                    (chapter cutmix)
    augment      the same sound, recorded otherwise               (chapters cutmix and leakage)
    tuning       hyperparameters, and four ways of searching      (chapter tuning)
    pruning      weights that become zero                         (chapter pruning)
    export       the network as a small file                      (chapter pruning)
    baselines    classifiers without a network                    (chapter comparison)
    comparison   ten models side by side                          (chapter comparison)
    gradcam      where the network looks                          (chapter gradcam)
    faithfulness whether that is where it looks                   (chapter gradcam)
    ablation     the network without one of its parts             (chapter ablation)
    lighten      the listener as small files for a web page       (chapter listening)
    light        these files run without TensorFlow               (chapter listening)
    today        networks that learn from pools, and of strangers (chapter today)
    sparse       these with zeros, and in 8 bits                  (chapter today)
    many         what many machines gain                          (chapter many-machines)

Around the pipeline, for every chapter: experiments (what is recorded), reproduce (runs them),
results (their records), store (the cache), keys (what a result depends on), plots and widgets (what
you see), exercises (what checks your answers), grading (marks what a class hands in), names (which
are the same), command (how a command ends), progress (bars), loading (what others load), memory
(there is little of it), quiet (TensorFlow without log lines), errors (what bad input raises).

Importing the package loads neither TensorFlow nor librosa: each module imports what it needs
when it is first used.
"""

from helpers import memory as memory  # before threads have stores of their own
from helpers import quiet as quiet  # before anything loads TensorFlow
